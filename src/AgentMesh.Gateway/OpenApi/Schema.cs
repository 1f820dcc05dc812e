using System.Text.Json.Nodes;

namespace AgentMesh.Gateway.OpenApi;

/// <summary>Makes JSON Schemas (2020-12) of what a parameter or a member may be.</summary>
internal static class Schema
{
    /// <summary>An id that one of our servers has made; a text that none ever made names nothing: 404.</summary>
    public const string IdPattern = "^[a-z0-9_-]{1,64}$";

    /// <summary>The name of a user, a tenant or a topic.</summary>
    public const string NamePattern = "^[a-z0-9][a-z0-9._-]{0,63}$";

    /// <summary>A whole number.</summary>
    /// <param name="least">The least.</param>
    /// <param name="most">The greatest.</param>
    /// <param name="byDefault">What it is when it is left out; null: nothing.</param>
    public static JsonObject Number(long least, long most = long.MaxValue, long? byDefault = null)
    {
        var schema = new JsonObject { ["type"] = "integer", ["format"] = most > int.MaxValue ? "int64" : "int32", ["minimum"] = least, ["maximum"] = most };
        if (byDefault is { } number)
            schema["default"] = number;
        return schema;
    }

    /// <summary>A text.</summary>
    /// <param name="least">The least characters.</param>
    /// <param name="most">The most characters; null: no limit of its own.</param>
    /// <param name="pattern">A regular expression of ECMA-262 that it matches; null: any text.</param>
    public static JsonObject Text(int least = 0, int? most = null, string? pattern = null)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (least > 0)
            schema["minLength"] = least;
        if (most is { } characters)
            schema["maxLength"] = characters;
        if (pattern is not null)
            schema["pattern"] = pattern;
        return schema;
    }

    /// <summary>A text of so many bytes of UTF-8; JSON Schema counts characters, of which there are no more than that.</summary>
    public static JsonObject Bytes(int least, int most, string? pattern = null)
    {
        var schema = Text(least, most, pattern);
        schema["x-max-utf8-bytes"] = most;
        return schema;
    }

    /// <summary>The id of something of an agent's.</summary>
    public static JsonObject Id() => Text(pattern: IdPattern);

    /// <summary>A user, a tenant or a topic.</summary>
    public static JsonObject Name() => Text(pattern: NamePattern);

    /// <summary>A time with its offset.</summary>
    public static JsonObject Time() => new() { ["type"] = "string", ["format"] = "date-time" };

    /// <summary>One of some words.</summary>
    public static JsonObject OneOf(params IEnumerable<string> words) => new() { ["type"] = "string", ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) };

    /// <summary>A list.</summary>
    public static JsonObject List(JsonObject item, int least, int most) =>
        new() { ["type"] = "array", ["items"] = item, ["minItems"] = least, ["maxItems"] = most };

    /// <summary>An object of any members.</summary>
    /// <param name="bytes">The most bytes of its text; null: no limit of its own.</param>
    public static JsonObject AnyObject(int? bytes = null)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (bytes is { } most)
            schema["x-max-utf8-bytes"] = most;
        return schema;
    }

    /// <summary>An object of texts and the like, all of which have to be there.</summary>
    public static JsonObject Object(params ReadOnlySpan<(string Name, JsonObject Schema)> members)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var (name, schema) in members)
        {
            properties[name] = schema;
            required.Add((JsonNode)name);
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
    }
}
