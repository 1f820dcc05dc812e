using System.Runtime.CompilerServices;
using System.Text.Json;
using Json.Schema;

namespace AgentMesh.Gateway.Tests.OpenApi;

/// <summary>The file <c>docs/openapi.json</c>, and what it says of one request or answer.</summary>
internal static class CommittedDocument
{
    private static readonly Uri Name = new("https://agentmesh.example/openapi.json");

    private static readonly Lazy<JsonElement> Root = new(() => JsonElement.Parse(Text));

    private static readonly Lazy<BuildOptions> Building = new(() =>
    {
        var options = new BuildOptions { SchemaRegistry = new SchemaRegistry(), Dialect = Dialect.Draft202012.With([], allowUnknownKeywords: true) };
        options.SchemaRegistry.Register(new JsonElementBaseDocument(Root.Value, Name));
        return options;
    });

    private static readonly Dictionary<string, JsonSchema> Schemas = [];

    private static readonly Lock Lock = new();

    public static string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(ThisFile())!, "../../../docs/openapi.json"));

    public static string Text => File.ReadAllText(Path);

    public static JsonElement Paths => Root.Value.GetProperty("paths");

    /// <summary>The operation that a request is for, and where it stands; null: the document has none.</summary>
    public static (JsonElement Operation, string Pointer)? Find(string method, string path)
    {
        var parts = path.Split('/');
        // What is named goes before what is a parameter, as in routing.
        var template = Paths.EnumerateObject().Select(one => one.Name)
            .Where(one => IsOf(one.Split('/'), parts)).MinBy(one => one.Count(letter => letter == '{'));
        return template is not null && Paths.GetProperty(template).TryGetProperty(method.ToLowerInvariant(), out var operation)
            ? (operation, $"/paths/{Escape(template)}/{method.ToLowerInvariant()}")
            : null;
    }

    /// <summary>The answer of a status, and where it stands; null: the document has none.</summary>
    public static (JsonElement Answer, string Pointer)? FindAnswer((JsonElement Operation, string Pointer) operation, int status)
    {
        if (!operation.Operation.GetProperty("responses").TryGetProperty($"{status}", out var answer))
            return null;
        if (!answer.TryGetProperty("$ref", out var reference))
            return (answer, $"{operation.Pointer}/responses/{status}");
        var name = reference.GetString()!["#/components/responses/".Length..];
        return (Root.Value.GetProperty("components").GetProperty("responses").GetProperty(name), $"/components/responses/{name}");
    }

    /// <summary>The members that the document names of the body of a request; null: it names none.</summary>
    public static IReadOnlyList<string>? MembersOf(JsonElement requestBody)
    {
        var schema = requestBody.GetProperty("content").GetProperty("application/json").GetProperty("schema");
        if (schema.TryGetProperty("$ref", out var reference))
            schema = Root.Value.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!["#/components/schemas/".Length..]);
        return schema.TryGetProperty("properties", out var properties) ? [.. properties.EnumerateObject().Select(member => member.Name)] : null;
    }

    /// <summary>What is wrong with a value by the schema at a place; null: nothing.</summary>
    public static string? WhyInvalid(string pointer, JsonElement value)
    {
        JsonSchema? schema;
        lock (Lock)
        {
            if (!Schemas.TryGetValue(pointer, out schema))
                Schemas[pointer] = schema = JsonSchema.FromText($$"""{"$ref":"{{Name}}#{{Uri.EscapeDataString(pointer).Replace("%2F", "/", StringComparison.Ordinal)}}"}""", Building.Value);
        }

        var result = schema.Evaluate(value, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        return result.IsValid
            ? null
            : string.Join("; ", (result.Details ?? []).Where(detail => detail.Errors is not null).Select(detail => $"{detail.InstanceLocation}: {string.Join(", ", detail.Errors!.Values)}"));
    }

    /// <summary>A name as a part of a JSON pointer.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static bool IsOf(string[] template, string[] path) =>
        template.Length == path.Length && template.Zip(path).All(pair => pair.First.StartsWith('{') ? pair.Second.Length > 0 : pair.First == pair.Second);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
