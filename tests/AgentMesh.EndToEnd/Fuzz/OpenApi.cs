using System.Text.Json;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>The operations of the committed OpenAPI document.</summary>
internal sealed class OpenApi
{
    private const string Page = "docs/openapi.json";

    private static readonly string[] Verbs = ["get", "put", "post", "delete", "patch", "head", "options"];

    private OpenApi(JsonElement document)
    {
        Schemas = new SchemaText(document);
        var operations = new List<Operation>();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            var shared = Parameters(document, path.Value);
            operations.AddRange(path.Value.EnumerateObject().Where(verb => Verbs.Contains(verb.Name)).Select(verb => new Operation(
                verb.Name.ToUpperInvariant(), path.Name, [.. shared, .. Parameters(document, verb.Value)], BodyOf(document, verb.Value))));
        }

        Operations = [.. operations];
    }

    public Operation[] Operations { get; }

    public SchemaText Schemas { get; }

    public static OpenApi Read() => new(JsonElement.Parse(File.ReadAllBytes(Path.Combine(Mesh.Root, Page))));

    private static Parameter[] Parameters(JsonElement document, JsonElement owner) => !owner.TryGetProperty("parameters", out var all) ? [] :
    [
        .. all.EnumerateArray().Select(parameter => Resolve(document, parameter)).Select(parameter => new Parameter(
            parameter.GetProperty("name").GetString()!, parameter.GetProperty("in").GetString()!,
            parameter.TryGetProperty("required", out var required) && required.GetBoolean(),
            parameter.TryGetProperty("schema", out var schema) ? schema : default))
    ];

    private static JsonElement? BodyOf(JsonElement document, JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body) && Resolve(document, body).TryGetProperty("content", out var content)
            && content.TryGetProperty("application/json", out var json) && json.TryGetProperty("schema", out var schema)
            ? schema : null;

    private static JsonElement Resolve(JsonElement document, JsonElement value)
    {
        if (!value.TryGetProperty("$ref", out var reference))
            return value;
        return reference.GetString()!.Split('/').Skip(1).Aggregate(document, (at, part) => at.GetProperty(part));
    }

    /// <summary>One method of one path.</summary>
    internal sealed record Operation(string Method, string Path, Parameter[] Parameters, JsonElement? Body);

    /// <summary>A parameter; <paramref name="In"/> is <c>path</c>, <c>query</c> or <c>header</c>.</summary>
    internal sealed record Parameter(string Name, string In, bool IsRequired, JsonElement Schema);
}
