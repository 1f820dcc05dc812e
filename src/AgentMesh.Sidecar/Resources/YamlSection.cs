using System.Globalization;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Runtime;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AgentMesh.Sidecar.Resources;

/// <summary>One mapping of a YAML file, read member by member; every complaint names file and line.</summary>
internal sealed class YamlSection
{
    private readonly string _file;
    private readonly int _lineOffset;
    private readonly YamlMappingNode _node;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, string>? _options;

    private YamlSection(string file, int lineOffset, YamlMappingNode node) => (_file, _lineOffset, _node) = (file, lineOffset, node);

    /// <summary>The file it stands in.</summary>
    public string File => _file;

    /// <summary>The same members given as options of a command line; complaints name the option.</summary>
    /// <param name="members">Texts and lists of texts.</param>
    /// <param name="options">By member, what the user wrote.</param>
    public YamlSection(YamlMappingNode members, IReadOnlyDictionary<string, string> options)
        : this("", 0, members) => _options = options;

    /// <summary>The first document of the text; null when it is empty.</summary>
    /// <param name="file">Named in complaints.</param>
    /// <param name="text">YAML.</param>
    /// <param name="lineOffset">Lines of the file before the text.</param>
    public static YamlSection? Parse(string file, string text, int lineOffset = 0)
    {
        var stream = new YamlStream();
        try
        {
            using var reader = new StringReader(text);
            stream.Load(new MergingParser(new Parser(reader)));
        }
        catch (YamlException broken)
        {
            throw new LauncherException($"{file}({broken.Start.Line + lineOffset}): {broken.Message}");
        }

        if (stream.Documents.Count == 0) return null;
        return stream.Documents[0].RootNode switch
        {
            YamlMappingNode mapping => new YamlSection(file, lineOffset, mapping),
            YamlScalarNode { Value: null or "" } => null,
            var other => throw new LauncherException($"{file}({other.Start.Line + lineOffset}): expected 'name: value' lines"),
        };
    }

    /// <summary>The resource's <c>kind</c>; null when it has none.</summary>
    public string? Kind => (Find("kind") as YamlScalarNode)?.Value;

    /// <summary>The members nobody has asked for.</summary>
    public IEnumerable<(string Name, int Line)> Unread =>
        from member in _node.Children
        let name = (member.Key as YamlScalarNode)?.Value ?? ""
        where !_read.Contains(name)
        select (name, Line(member.Key));

    /// <summary>The names of the members, in their order.</summary>
    public IEnumerable<string> Names => _node.Children.Keys.OfType<YamlScalarNode>().Select(name => name.Value ?? "");

    /// <summary>Says in a member's line what is wrong with it; in the section's first line when the member is missing.</summary>
    public LauncherException Error(string name, string complaint) => _options is null
        ? new($"{Place(name)}: {name} {complaint}")
        : new($"{_options.GetValueOrDefault(name, name)} {complaint}", LauncherException.BadCommandLine);

    /// <summary>Where the section begins: <c>file(line)</c>.</summary>
    public string Position => Place(_node);

    /// <summary>Where a member stands: <c>file(line)</c>, or the option it was given by.</summary>
    public string Place(string name) => _options is null ? Place(Find(name) ?? _node) : _options.GetValueOrDefault(name, name);

    /// <summary>A text, number or boolean as it is written; null when missing or empty.</summary>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        YamlScalarNode scalar => IsNull(scalar) ? null : scalar.Value,
        _ => throw Error(name, "must be one value"),
    };

    /// <summary>A whole number.</summary>
    public int? Integer(string name) => Read(
        name, "a whole number", text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null as int?);

    /// <summary>A port; null when missing, 0 or -1, which mean "none" or "a free one".</summary>
    public int? Port(string name) => Integer(name) switch
    {
        null or 0 or -1 => null,
        >= 1 and <= 65535 and var port => port,
        var other => throw Error(name, $"must be a port from 1 to 65535, not {other}"),
    };

    /// <summary>A truth value with YAML 1.1's words, as the Dapr CLI takes them.</summary>
    public bool? Flag(string name) => Read<bool>(name, "true or false", text => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" or "Y" => true,
        "FALSE" or "NO" or "OFF" or "N" => false,
        _ => null,
    });

    /// <summary>A size in bytes.</summary>
    public long? Size(string name) =>
        Read(name, "a size such as 4Mi, 64Ki or 65536", text => DaprSize.TryParse(text, out var bytes) ? bytes : null as long?);

    /// <summary>A span of time, Go's text for it.</summary>
    public TimeSpan? Duration(string name) => Read(
        name, "a duration such as 5s", text => GoDuration.TryParse(text, out var duration) && duration >= TimeSpan.Zero ? duration : null as TimeSpan?);

    /// <summary>A list of texts; null when missing.</summary>
    public IReadOnlyList<string>? Texts(string name) => Read(name, "a list of texts", node =>
        node is YamlSequenceNode list && list.Children.All(item => item is YamlScalarNode)
            ? list.Children.Select(item => ((YamlScalarNode)item).Value ?? "").ToList()
            : null);

    /// <summary>A mapping of texts, in its order; empty when missing.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Map(string name) => Read(name, "'name: value' lines", node =>
        node is YamlMappingNode map && map.Children.All(item => item is { Key: YamlScalarNode, Value: YamlScalarNode })
            ? map.Children.Select(item => KeyValuePair.Create(Plain(item.Key), Plain(item.Value))).ToList()
            : null) ?? [];

    /// <summary>A mapping; null when missing.</summary>
    public YamlSection? Section(string name) =>
        Read(name, "a section", node => node is YamlMappingNode map ? new YamlSection(_file, _lineOffset, map) : null);

    /// <summary>A list of mappings; empty when missing.</summary>
    public IReadOnlyList<YamlSection> Sections(string name) => Read(name, "a list of sections", node =>
        node is YamlSequenceNode list && list.Children.All(item => item is YamlMappingNode)
            ? list.Children.Select(item => new YamlSection(_file, _lineOffset, (YamlMappingNode)item)).ToList()
            : null) ?? [];

    private T? Read<T>(string name, string what, Func<string, T?> parse)
        where T : struct =>
        Text(name) is not { } text ? null : parse(text) ?? throw Error(name, $"must be {what}, not '{text}'");

    private T? Read<T>(string name, string what, Func<YamlNode, T?> convert)
        where T : class =>
        Find(name) is not { } node || (node is YamlScalarNode scalar && IsNull(scalar)) ? null : convert(node) ?? throw Error(name, $"must be {what}");

    private static string Plain(YamlNode node) => node is YamlScalarNode scalar && !IsNull(scalar) ? scalar.Value ?? "" : "";

    private YamlNode? Find(string name)
    {
        _read.Add(name);
        return _node.Children.TryGetValue(new YamlScalarNode(name), out var found) ? found : null;
    }

    private static bool IsNull(YamlScalarNode scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null" or "Null" or "NULL";

    private int Line(YamlNode node) => checked((int)node.Start.Line) + _lineOffset;

    private string Place(YamlNode node) => $"{_file}({Line(node)})";
}
