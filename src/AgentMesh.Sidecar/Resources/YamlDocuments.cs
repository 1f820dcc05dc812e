using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Resources;

/// <summary>The documents of the resource files, taken apart before they are parsed: a broken one does not take its neighbors with it.</summary>
internal static class YamlDocuments
{
    /// <summary>The text of each document and the lines of the file before it.</summary>
    public static IEnumerable<(string Text, int LineOffset)> Split(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var start = 0;
        for (var line = 0; line <= lines.Length; line++)
        {
            if (line < lines.Length && !IsSeparator(lines[line])) continue;
            yield return (string.Join('\n', lines[start..line]), start);
            start = line + 1;
        }
    }

    /// <summary>
    /// The documents of one kind in folders. What cannot be parsed is left out: the reader of the components has said so.
    /// </summary>
    public static IEnumerable<YamlSection> OfKind(IEnumerable<string> folders, string kind)
    {
        foreach (var file in folders.SelectMany(folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)))
        {
            if (Path.GetExtension(file) is not (".yaml" or ".yml"))
                continue;
            foreach (var (text, line) in Split(File.ReadAllText(file)))
            {
                if (TryParse(file, text, line) is { } document && IsKind(document, kind))
                    yield return document;
            }
        }
    }

    private static YamlSection? TryParse(string file, string text, int line)
    {
        try
        {
            return YamlSection.Parse(file, text, line);
        }
        catch (LauncherException)
        {
            return null;
        }
    }

    private static bool IsKind(YamlSection document, string kind)
    {
        try
        {
            return document.Text("kind") == kind;
        }
        catch (LauncherException)
        {
            return false;
        }
    }

    private static bool IsSeparator(string line) =>
        line.StartsWith("---", StringComparison.Ordinal) && line.AsSpan(3).TrimStart() is var rest && (rest.IsEmpty || rest[0] == '#');
}
