using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AgentMesh.Gateway.Tests.OpenApi;

/// <summary>What the docstrings of records say, of the files that the compiler writes beside the assemblies.</summary>
internal static partial class XmlDocs
{
    private static readonly Dictionary<string, XElement> Members = Directory.EnumerateFiles(AppContext.BaseDirectory, "AgentMesh.*.xml")
        .SelectMany(file => XDocument.Load(file).Descendants("member"))
        .DistinctBy(member => (string)member.Attribute("name")!)
        .ToDictionary(member => (string)member.Attribute("name")!);

    /// <summary>What a record is; null: nobody has said.</summary>
    public static string? SummaryOf(Type type) => TextOf(Members.GetValueOrDefault($"T:{type.FullName}")?.Element("summary"));

    /// <summary>What a property of a record is: what stands at its parameter.</summary>
    public static string? SummaryOf(Type type, string property) => TextOf(
        Members.GetValueOrDefault($"T:{type.FullName}")?.Elements("param").FirstOrDefault(parameter => (string?)parameter.Attribute("name") == property)
        ?? Members.GetValueOrDefault($"P:{type.FullName}.{property}")?.Element("summary"));

    private static string? TextOf(XElement? element) => element is null ? null : Blanks().Replace(string.Concat(element.Nodes().Select(TextOf)), " ").Trim();

    private static string TextOf(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "paramref" } reference => CamelCase((string)reference.Attribute("name")!),
        XElement { Name.LocalName: "see" } reference => ((string?)reference.Attribute("cref") ?? (string?)reference.Attribute("langword") ?? "").Split(':', '.')[^1],
        XElement other => other.Value,
        _ => "",
    };

    private static string CamelCase(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
