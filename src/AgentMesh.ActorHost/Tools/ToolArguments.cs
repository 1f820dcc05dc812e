using System.Globalization;
using System.Text.Json;

namespace AgentMesh.ActorHost.Tools;

/// <summary>
/// Compares what a model wrote with a tool's schema, and says what is wrong in a sentence that the model can act on. It knows the keywords that
/// are made from a method's parameters and leaves others to the tool: <c>type</c>, <c>enum</c>, <c>required</c>, <c>properties</c>,
/// <c>additionalProperties: false</c>, <c>items</c> and the bounds of numbers, texts and lists.
/// </summary>
internal static class ToolArguments
{
    /// <summary>Why the value is not of the schema; null: it is.</summary>
    internal static string? WhyNot(JsonElement schema, JsonElement value) => WhyNot(schema, value, "");

    private static string? WhyNot(JsonElement schema, JsonElement value, string path)
    {
        // The schemas true and false; the latter is made by nobody.
        if (schema.ValueKind != JsonValueKind.Object)
            return null;
        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(name => IsOf(name, value)))
            return $"{Name(path)} is not of type {string.Join(" or ", Types(type))}.";
        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
            return $"{Name(path)} is none of {string.Join(", ", values.EnumerateArray().Select(one => one.GetRawText()))}.";
        return value.ValueKind switch
        {
            JsonValueKind.Object => WhyNotObject(schema, value, path),
            JsonValueKind.Array => WhyNotCount(schema, "minItems", "maxItems", value.GetArrayLength(), "entries", path) ?? WhyNotItems(schema, value, path),
            JsonValueKind.String => WhyNotCount(schema, "minLength", "maxLength", value.GetString()!.EnumerateRunes().Count(), "characters", path),
            JsonValueKind.Number => WhyNotNumber(schema, value, path),
            _ => null,
        };
    }

    private static string? WhyNotObject(JsonElement schema, JsonElement value, string path)
    {
        var known = schema.TryGetProperty("properties", out var properties) ? properties : default;
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(one => one.GetString()!))
            {
                if (!value.TryGetProperty(name, out _))
                    return $"{Name(Member(path, name))} is missing.";
            }
        }

        var isClosed = schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.False;
        foreach (var member in value.EnumerateObject())
        {
            if (known.ValueKind == JsonValueKind.Object && known.TryGetProperty(member.Name, out var inner))
            {
                if (WhyNot(inner, member.Value, Member(path, member.Name)) is { } reason)
                    return reason;
            }
            else if (isClosed)
            {
                return $"{Name(Member(path, member.Name))} is not known.";
            }
        }

        return null;
    }

    private static string? WhyNotItems(JsonElement schema, JsonElement value, string path)
    {
        if (!schema.TryGetProperty("items", out var items))
            return null;
        var n = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (WhyNot(items, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{n++}]")) is { } reason)
                return reason;
        }

        return null;
    }

    private static string? WhyNotNumber(JsonElement schema, JsonElement value, string path)
    {
        var number = value.GetDouble();
        if (schema.TryGetProperty("minimum", out var least) && number < least.GetDouble())
            return $"{Name(path)} is less than {least.GetRawText()}.";
        return schema.TryGetProperty("maximum", out var most) && number > most.GetDouble() ? $"{Name(path)} is more than {most.GetRawText()}." : null;
    }

    private static string? WhyNotCount(JsonElement schema, string minimum, string maximum, int count, string unit, string path)
    {
        if (schema.TryGetProperty(minimum, out var least) && count < least.GetInt64())
            return $"{Name(path)} has fewer than {least.GetRawText()} {unit}.";
        return schema.TryGetProperty(maximum, out var most) && count > most.GetInt64() ? $"{Name(path)} has more than {most.GetRawText()} {unit}." : null;
    }

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        // 1.0 is an integer for JSON Schema, and none for a deserializer.
        "integer" => value.ValueKind == JsonValueKind.Number && (value.TryGetInt64(out _) || value.TryGetUInt64(out _)),
        _ => true,
    };

    private static string Member(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Name(string path) => path.Length == 0 ? "The list of arguments" : $"'{path}'";
}
