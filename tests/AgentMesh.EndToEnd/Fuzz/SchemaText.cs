using System.Globalization;
using System.Text.Json;
using CsCheck;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>Texts of JSON from a schema: as it wants them, or with one thing wrong.</summary>
/// <param name="document">Where its references point to.</param>
internal sealed class SchemaText(JsonElement document)
{
    private const int MaxDepth = 6;

    // A text of this length is sent to see where a limit is; longer ones have a generator of their own.
    private const int LongestBound = 70_000;

    // The words that a schema does not say: by the member's name.
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["sessionId"] = ["\"default\""],
        ["tenant"] = ["\"fuzzed\""],
        ["to"] = [$"\"{HttpCase.User}-friend\"", $"[\"{HttpCase.User}-friend\",\"{HttpCase.User}-other\"]", $"\"default:{HttpCase.User}-friend\""],
        // Nothing that answers: what the agent's owner may have it call of this mesh is not what this is about.
        ["url"] = ["\"http://127.0.0.1:1/\"", "\"https://10.0.0.1/\"", "\"ftp://a/\"", "\"http://[::1]:1/a?b\"", "\"http://user@127.0.0.1:1/\"", "\"http://169.254.169.254/latest/\""],
        ["maxAmount"] = ["\"0\"", "\"1\"", "\"100000\"", "\"115792089237316195423570985008687907853269984665640564039457584007913129639935\""],
        ["amount"] = ["\"0\"", "\"1\"", "\"100000\""],
        ["limit"] = ["\"0\"", "\"100000\"", "1", "10", "100"],
        ["asset"] = ["\"USD\"", "\"eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e\""],
        ["scope"] = ["\"agent\"", "\"session:default\"", "\"tool:pay\""],
        ["scopes"] = ["[\"user\"]", "[\"admin\"]", "[\"user\",\"admin\"]"],
        ["window"] = ["\"once\"", "\"rolling:24h\"", "\"calendar:day:UTC\""],
        ["ifBusy"] = ["\"enqueue\"", "\"reject\"", "\"interrupt\""],
        ["at"] = ["\"2036-11-27T10:00:00Z\""],
        ["until"] = ["\"2037-11-27T10:00:00Z\""],
        ["expiresAt"] = ["\"2037-11-27T10:00:00Z\""],
        ["everySeconds"] = ["86400", "604800"],
        ["cron"] = ["\"0 4 1 1 *\""],
        ["timeZone"] = ["\"UTC\"", "\"Europe/Berlin\""],
        ["missed"] = ["\"once\"", "\"skip\""],
        ["tool"] = ["\"get_info\"", "\"get_budget\"", "\"send_message\""],
        ["uri"] = [$"\"agent://{HttpCase.User}/info\"", $"\"agent://{HttpCase.User}/history\"", $"\"agent://{HttpCase.User}/sessions/default/history\"", "\"agent://other/info\""],
        ["receive"] = ["\"store\"", "\"answer\"", "\"ignore\""],
        ["decision"] = ["\"approve\"", "\"deny\""],
        // No longer than the patience of a request.
        ["await"] = ["1"],
        ["wait"] = ["0", "1"],
        ["deadlineSeconds"] = ["1", "60", "86400"],
    };

    /// <summary>As the schema wants it.</summary>
    public Gen<string> Valid(JsonElement schema, string? name = null, int depth = 0)
    {
        if (name is not null && Known.TryGetValue(name, out var words))
            return Gens.Of(words);
        schema = Resolve(schema);
        if (depth > MaxDepth || schema.ValueKind != JsonValueKind.Object)
            return Gen.Const("{}");
        if (schema.TryGetProperty("const", out var only))
            return Gen.Const(only.GetRawText());
        if (schema.TryGetProperty("enum", out var values))
            return Gens.Of([.. values.EnumerateArray().Select(value => value.GetRawText())]);
        foreach (var choice in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(choice, out var choices))
                return Gens.OneOf([.. choices.EnumerateArray().Select(one => Valid(one, null, depth + 1))]);
        }

        if (schema.TryGetProperty("allOf", out var parts))
            return Valid(parts[0], null, depth + 1);
        return Gens.OneOf([.. Types(schema).Select(type => OfType(type, schema, depth))]);
    }

    /// <summary>With one thing wrong with it.</summary>
    public Gen<string> Wrong(JsonElement schema, string? name = null, int depth = 0)
    {
        schema = Resolve(schema);
        if (depth > MaxDepth || schema.ValueKind != JsonValueKind.Object)
            return Evil.Json;
        if (schema.TryGetProperty("anyOf", out var choices) || schema.TryGetProperty("oneOf", out choices))
            return Gens.Mix((3, Gens.OneOf([.. choices.EnumerateArray().Select(one => Wrong(one, null, depth + 1))])), (1, Evil.Json));
        return Gens.Mix((4, Gens.OneOf([.. Types(schema).Select(type => WrongOf(type, schema, depth))])), (1, Evil.Json), (1, Valid(schema, name, depth)));
    }

    private static string[] Types(JsonElement schema)
    {
        if (schema.TryGetProperty("type", out var type))
            return type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.GetString()!)] : [type.GetString()!];
        return schema.TryGetProperty("properties", out _) ? ["object"] : ["string", "object", "null", "integer"];
    }

    private Gen<string> OfType(string type, JsonElement schema, int depth) => type switch
    {
        "object" => Object(schema, depth),
        "array" => Array(schema, depth),
        "string" => Text(schema),
        "integer" or "number" => Number(schema),
        "boolean" => Gens.Of("true", "false"),
        _ => Gen.Const("null"),
    };

    private Gen<string> WrongOf(string type, JsonElement schema, int depth) => type switch
    {
        "object" => WrongObject(schema, depth),
        "array" => Gens.OneOf(
            Items(schema, count => Enumerable.Repeat(Wrong(Item(schema), null, depth + 1), Math.Max(1, count)), depth),
            Gens.Of(Bound(schema, "maxItems", 64) + 1, Bound(schema, "minItems", 0) - 1, 1000).SelectMany(count => List(Enumerable.Repeat(Valid(Item(schema), null, depth + 1), (int)Math.Clamp(count, 0, 2000))))),
        "string" => Gens.Mix(
            (3, Evil.JsonText),
            (2, Gens.Of(Bound(schema, "maxLength", 128) + 1, Bound(schema, "minLength", 1) - 1).Select(length => $"\"{new string('a', (int)Math.Clamp(length, 0, LongestBound))}\""))),
        "integer" or "number" => Gens.Mix(
            (3, Evil.Number),
            (3, Gens.Of(Bound(schema, "minimum", 0) - 1, Bound(schema, "maximum", 1000) + 1).Select(number => number.ToString(CultureInfo.InvariantCulture))),
            (1, Number(schema).Select(number => $"\"{number}\""))),
        _ => Evil.Json,
    };

    private Gen<string> Object(JsonElement schema, int depth)
    {
        var members = Members(schema).Select(member => Gens.Mix(
            (member.IsRequired ? 1 : 0, Member(member.Name, Valid(member.Schema, member.Name, depth + 1))),
            (1, Member(member.Name, Valid(member.Schema, member.Name, depth + 1))),
            (member.IsRequired ? 0 : 2, Gen.Const(""))));
        return Gens.All([.. members]).Select(Joined);
    }

    private Gen<string> WrongObject(JsonElement schema, int depth)
    {
        var members = Members(schema);
        if (members.Length == 0)
            return Gens.OneOf(Evil.Json, Gen.Const("{\"unknown\":1}"));
        return Gen.Select(Gen.Int[0, members.Length - 1], Gen.Int[0, 9]).SelectMany((at, how) => Gens.All([.. members.Select((member, n) =>
        {
            var valid = Member(member.Name, Valid(member.Schema, member.Name, depth + 1));
            if (n != at)
                return member.IsRequired ? valid : Gens.OneOf(valid, Gen.Const(""));
            return how switch
            {
                0 => Gen.Const(""),
                1 => Gen.Select(valid, valid, (one, other) => $"{one},{other}"),
                2 => Gen.Select(valid, Evil.Json, (one, other) => $"{one},\"unknown\":{other}"),
                3 => Member(member.Name.ToUpperInvariant(), Valid(member.Schema, member.Name, depth + 1)),
                _ => Member(member.Name, Wrong(member.Schema, member.Name, depth + 1)),
            };
        })]).Select(Joined));
    }

    private Gen<string> Array(JsonElement schema, int depth) => Items(schema, count => Enumerable.Repeat(Valid(Item(schema), null, depth + 1), count), depth);

    private static Gen<string> Items(JsonElement schema, Func<int, IEnumerable<Gen<string>>> items, int depth)
    {
        var most = depth > 2 ? 1 : 4;
        var (min, max) = ((int)Bound(schema, "minItems", 0), (int)Math.Min(most, Bound(schema, "maxItems", most)));
        return Gen.Int[min, Math.Max(min, max)].SelectMany(count => List(items(count)));
    }

    private static Gen<string> List(IEnumerable<Gen<string>> items) => Gens.All([.. items]).Select(made => $"[{string.Join(',', made)}]");

    private static Gen<string> Text(JsonElement schema)
    {
        var (min, max) = (Bound(schema, "minLength", 0), Bound(schema, "maxLength", 200));
        var format = schema.TryGetProperty("format", out var named) ? named.GetString() : null;
        return format switch
        {
            "date-time" => Gens.Of("\"2036-11-27T10:00:00Z\"", "\"2036-11-27T10:00:00.123+02:00\""),
            "uri" => Gens.Of("\"https://127.0.0.1:1/a\""),
            _ => Gens.Mix(
                (6, Gen.Int[(int)min, (int)Math.Max(min, Math.Min(max, 40))].Select(length => $"\"{new string('b', length)}\"")),
                (3, Gens.Of("\"hello\"", "\"What is the weather?\"", "\"\u00fc\u4e16\ud83d\ude00\"", "\"1\"", "\"abc.def-1\"")),
                (1, Gens.Of(min, Math.Min(max, LongestBound)).Select(length => $"\"{new string('c', (int)length)}\""))),
        };
    }

    private static Gen<string> Number(JsonElement schema)
    {
        var (min, max) = (Bound(schema, "minimum", 0), Bound(schema, "maximum", 1000));
        return Gens.OneOf(Gens.Of(min, max), Gen.Long[min, Math.Max(min, Math.Min(max, min + 10))]).Select(number => number.ToString(CultureInfo.InvariantCulture));
    }

    private (string Name, JsonElement Schema, bool IsRequired)[] Members(JsonElement schema)
    {
        if (!schema.TryGetProperty("properties", out var members))
            return [];
        string[] required = schema.TryGetProperty("required", out var names) ? [.. names.EnumerateArray().Select(name => name.GetString()!)] : [];
        return [.. members.EnumerateObject().Select(member => (member.Name, Resolve(member.Value), required.Contains(member.Name)))];
    }

    private static Gen<string> Member(string name, Gen<string> value) => value.Select(text => $"{JsonSerializer.Serialize(name)}:{text}");

    private static string Joined(string[] members) => $"{{{string.Join(',', members.Where(member => member.Length > 0))}}}";

    private static JsonElement Item(JsonElement schema) => schema.TryGetProperty("items", out var item) ? item : default;

    private static long Bound(JsonElement schema, string name, long otherwise) =>
        schema.TryGetProperty(name, out var bound) && bound.ValueKind == JsonValueKind.Number ? bound.TryGetInt64(out var whole) ? whole : (long)Math.Clamp(bound.GetDouble(), long.MinValue / 2, long.MaxValue / 2) : otherwise;

    private JsonElement Resolve(JsonElement schema)
    {
        while (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference))
        {
            var found = document;
            foreach (var part in reference.GetString()!.Split('/').Skip(1))
                found = found.GetProperty(part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
            schema = found;
        }

        return schema;
    }
}
