using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Resources;

/// <summary>The documents of the resource files, taken apart before they are parsed: a broken one does not take its neighbors with it.</summary>
internal static class YamlDocuments
{
    /// <summary>The files of resources folders: those of the folders themselves, by name.</summary>
    public static IEnumerable<string> Files(IEnumerable<string> folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal));

    public static bool IsYaml(string file) => Path.GetExtension(file) is ".yaml" or ".yml";

    /// <summary>The resources of one kind. What cannot be parsed is left out here: <see cref="ComponentFile"/> tells about it.</summary>
    /// <param name="folders">The resources folders.</param>
    /// <param name="kind">As the documents write it.</param>
    /// <param name="read">Null: not to be used.</param>
    /// <param name="warnings">Receives a line for each resource that is broken and so skipped.</param>
    public static List<T> ReadFolders<T>(IEnumerable<string> folders, string kind, Func<YamlSection, T?> read, ICollection<string> warnings)
        where T : Resource =>
    [
        .. from file in Files(folders)
           where IsYaml(file)
           from document in Parse(file, File.ReadAllText(file))
           where document.Kind == kind
           let resource = OrSkipped(() => read(document), warnings)
           where resource is not null
           select resource,
    ];

    /// <summary>The documents of one file that can be parsed.</summary>
    public static IEnumerable<YamlSection> Parse(string file, string text, ICollection<string>? warnings = null) =>
        Split(text).Select(part => OrSkipped(() => YamlSection.Parse(file, part.Text, part.LineOffset), warnings)).OfType<YamlSection>();

    /// <summary>Null, and a warning, when it is broken.</summary>
    public static T? OrSkipped<T>(Func<T?> read, ICollection<string>? warnings)
        where T : class
    {
        try
        {
            return read();
        }
        catch (LauncherException broken)
        {
            warnings?.Add($"{broken.Message}; this document is skipped");
            return null;
        }
    }

    /// <summary>The same ones; a name used twice refuses the run.</summary>
    public static IReadOnlyList<T> Unique<T>(IReadOnlyList<T> resources, string word)
        where T : Resource =>
        resources.GroupBy(resource => resource.Name).FirstOrDefault(same => same.Count() > 1)?.ToList() is [var one, var two, ..]
            ? throw new LauncherException($"the {word} '{one.Name}' is defined twice: in {one.File} and in {two.File}")
            : resources;

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
