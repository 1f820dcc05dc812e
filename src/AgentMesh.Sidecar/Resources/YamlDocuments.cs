namespace AgentMesh.Sidecar.Resources;

/// <summary>The documents of a resource file, taken apart before they are parsed: a broken one does not take its neighbors with it.</summary>
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

    private static bool IsSeparator(string line) =>
        line.StartsWith("---", StringComparison.Ordinal) && line.AsSpan(3).TrimStart() is var rest && (rest.IsEmpty || rest[0] == '#');
}
