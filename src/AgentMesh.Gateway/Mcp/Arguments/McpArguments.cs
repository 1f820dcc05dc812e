using System.Text.Json;

namespace AgentMesh.Gateway.Mcp.Arguments;

/// <summary>The arguments of a call, after they were held against the tool's schema: a name of the schema has a value of its type, or none.</summary>
internal sealed class McpArguments(IReadOnlyDictionary<string, JsonElement> values)
{
    /// <summary>The arguments by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Values => values;

    /// <summary>Those that were given; models write null for what they leave out.</summary>
    public static McpArguments Of(IDictionary<string, JsonElement>? given) =>
        new((given ?? new Dictionary<string, JsonElement>()).Where(argument => argument.Value.ValueKind != JsonValueKind.Null).ToDictionary(StringComparer.Ordinal));

    /// <summary>A text; null when it was left out.</summary>
    public string? Text(string name) => values.TryGetValue(name, out var value) ? value.GetString() : null;

    /// <summary>A whole number; null when it was left out. JSON may write it as 5, 5.0 or 5e0.</summary>
    public long? Number(string name) => values.TryGetValue(name, out var value) ? (long)value.GetDecimal() : null;
}
