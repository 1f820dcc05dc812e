using System.Text.Json;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Arguments;

/// <summary>The types of JSON Schema, and how they are called in sentences.</summary>
internal static class JsonWords
{
    // Names come from callers: a sentence is not the place for a long one.
    private const int MaxNameLength = 80;
    private const int MaxNames = 20;

    /// <summary>True when a value is of a type, or of one of several; of any when none is named.</summary>
    public static bool IsOfType(JsonElement value, JsonElement? type) => type switch
    {
        { ValueKind: JsonValueKind.String } one => IsOfType(value, one.GetString()!),
        { ValueKind: JsonValueKind.Array } several => several.EnumerateArray().Any(one => IsOfType(value, one.GetString()!)),
        _ => true,
    };

    /// <summary>What <c>type</c> asks for.</summary>
    public static string Name(JsonElement type) => type.ValueKind == JsonValueKind.Array
        ? string.Join(" or ", type.EnumerateArray().Select(one => Name(one.GetString()!)))
        : Name(type.GetString()!);

    /// <summary>What a value is.</summary>
    public static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Name("object"),
        JsonValueKind.Array => Name("array"),
        JsonValueKind.String => Name("string"),
        JsonValueKind.Number => Name("number"),
        JsonValueKind.Null => Name("null"),
        _ => Name("boolean"),
    };

    /// <summary>The names of members, for whoever used another one.</summary>
    public static string Names(JsonElement properties) => properties.ValueKind == JsonValueKind.Object && properties.EnumerateObject().Any()
        ? string.Join(", ", properties.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal).Take(MaxNames))
        : "none";

    /// <summary>As much of a text as belongs in a sentence.</summary>
    public static string Cut(string text) => Utf16Text.Cut(text, MaxNameLength);

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && IsWhole(value),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    // 5, 5.0 and 5e0 are integers (JSON Schema 2020-12, 6.1.1); tools read them as 64 bits.
    private static bool IsWhole(JsonElement value) =>
        value.TryGetDecimal(out var number) && number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue;

    private static string Name(string type) => type switch
    {
        "integer" => "a whole number",
        "object" or "array" => $"an {type}",
        "null" => type,
        _ => $"a {type}",
    };
}
