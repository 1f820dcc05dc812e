using YamlDotNet.RepresentationModel;

namespace AgentMesh.Tidy;

/// <summary>YAML by paths. What a path does not lead to is null, or empty.</summary>
internal static class Yaml
{
    public static IReadOnlyList<YamlMappingNode> Load(string file) => Parse(Repository.Read(file));

    public static IReadOnlyList<YamlMappingNode> Parse(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return [.. yaml.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()];
    }

    public static YamlNode? At(this YamlNode? node, params string[] path) => path.Aggregate(
        node, (at, name) => at is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null);

    public static string? Text(this YamlNode? node, params string[] path) => (node.At(path) as YamlScalarNode)?.Value;

    public static IReadOnlyList<YamlNode> Items(this YamlNode? node, params string[] path) => node.At(path) is YamlSequenceNode items ? [.. items] : [];

    public static IReadOnlyList<string> Texts(this YamlNode? node, params string[] path) => [.. node.Items(path).Select(item => item.ToString())];

    public static IReadOnlyList<(string Name, YamlNode Value)> Members(this YamlNode? node, params string[] path) =>
        node.At(path) is YamlMappingNode mapping ? [.. mapping.Select(member => (member.Key.ToString(), member.Value))] : [];
}
