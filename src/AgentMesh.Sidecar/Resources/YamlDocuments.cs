using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Resources;

/// <summary>The documents of the resource files, taken apart before they are parsed: a broken one does not take its neighbors with it.</summary>
internal static class YamlDocuments
{
    /// <summary>The documents of one file that can be parsed.</summary>
    public static IEnumerable<YamlSection> Parse(string file, string text, ICollection<string> warnings) =>
        Split(text).Select(part => OrSkipped(() => YamlSection.Parse(file, part.Text, part.LineOffset), warnings)).OfType<YamlSection>();

    /// <summary>Null, and a warning, when it is broken.</summary>
    public static T? OrSkipped<T>(Func<T?> read, ICollection<string> warnings)
        where T : class
    {
        try
        {
            return read();
        }
        catch (LauncherException broken)
        {
            warnings.Add($"{broken.Message}; this document is skipped");
            return null;
        }
    }

    // The text of each document and the lines of the file before it.
    private static IEnumerable<(string Text, int LineOffset)> Split(string text)
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

    private static bool IsSeparator(string line) =>
        line.StartsWith("---", StringComparison.Ordinal) && line.AsSpan(3).TrimStart() is var rest && (rest.IsEmpty || rest[0] == '#');
}
