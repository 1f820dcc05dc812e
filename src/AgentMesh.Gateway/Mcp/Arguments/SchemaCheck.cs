using System.Globalization;
using System.Text.Json;
using AgentMesh.Gateway.Edge;

namespace AgentMesh.Gateway.Mcp.Arguments;

/// <summary>
/// Holds arguments against the part of JSON Schema (2020-12) that schemas of tools are made of: types, members, items, lengths, bounds, choices and
/// references within the schema. It says what is wrong so that a model can mend it. What it does not know, such as <c>pattern</c>, it lets pass: the tool
/// looks once more.
/// </summary>
internal sealed class SchemaCheck
{
    // More would not be read, and a schema that refers to itself must end.
    private const int MaxProblems = 8;
    private const int MaxDepth = 16;

    private readonly JsonElement _root;
    private readonly List<string> _problems = [];

    private SchemaCheck(JsonElement root) => _root = root;

    /// <summary>What is wrong with the arguments of a call, a sentence each; empty when nothing is.</summary>
    public static IReadOnlyList<string> Check(JsonElement schema, IReadOnlyDictionary<string, JsonElement> arguments)
    {
        var check = new SchemaCheck(schema);
        check.CheckMembers(schema, arguments, "", 0);
        return check._problems;
    }

    private void Check(JsonElement schema, JsonElement value, string path, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth || _problems.Count >= MaxProblems)
            return;
        if (Keyword(schema, "$ref") is { ValueKind: JsonValueKind.String } reference)
        {
            if (SchemaPointer.Find(_root, reference.GetString()!) is { } target)
                Check(target, value, path, depth + 1);
            return;
        }

        if (!JsonWords.IsOfType(value, Keyword(schema, "type")))
        {
            Add(path, $"must be {JsonWords.Name(Keyword(schema, "type")!.Value)}, and is {JsonWords.NameOf(value)}");
            return;
        }

        CheckChoice(schema, value, path);
        CheckWays(schema, value, path, depth);
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                CheckText(schema, value, path);
                break;
            case JsonValueKind.Number:
                CheckNumber(schema, value.GetDouble(), path);
                break;
            case JsonValueKind.Array:
                CheckItems(schema, value, path, depth);
                break;
            case JsonValueKind.Object:
                // The last of two members of one name counts, as for everybody who reads with this reader.
                var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
                foreach (var member in value.EnumerateObject())
                    members[member.Name] = member.Value;
                CheckMembers(schema, members, path, depth);
                break;
        }
    }

    private void CheckMembers(JsonElement schema, IReadOnlyDictionary<string, JsonElement> members, string path, int depth)
    {
        var properties = Keyword(schema, "properties") is { ValueKind: JsonValueKind.Object } known ? known : default;
        if (Keyword(schema, "required") is { ValueKind: JsonValueKind.Array } required)
        {
            foreach (var name in required.EnumerateArray().Select(name => name.GetString()!).Where(name => !members.ContainsKey(name)))
                Add(Join(path, name), Keyword(Keyword(properties, name) ?? default, "description") is { ValueKind: JsonValueKind.String } what ? $"is required: {what.GetString()!.TrimEnd('.')}" : "is required");
        }

        var others = Keyword(schema, "additionalProperties");
        foreach (var (name, value) in members)
        {
            if (Keyword(properties, name) is { } property)
                Check(property, value, Join(path, name), depth + 1);
            else if (others is { ValueKind: JsonValueKind.False })
                Add(Join(path, name), $"is not known here. Known: {JsonWords.Names(properties)}");
            else if (others is { } other)
                Check(other, value, Join(path, name), depth + 1);
        }
    }

    private void CheckItems(JsonElement schema, JsonElement value, string path, int depth)
    {
        CheckLength(schema, value.GetArrayLength(), "minItems", "maxItems", "items", path);
        if (Keyword(schema, "items") is not { } items)
            return;
        var index = 0;
        foreach (var item in value.EnumerateArray())
            Check(items, item, $"{path}[{index++}]", depth + 1);
    }

    private void CheckText(JsonElement schema, JsonElement value, string path)
    {
        if (JsonText.TryGet(value) is not { } text)
            Add(path, "must be valid Unicode, without half of a surrogate pair");
        else if (Keyword(schema, "minLength") is not null || Keyword(schema, "maxLength") is not null)
            CheckLength(schema, text.EnumerateRunes().Count(), "minLength", "maxLength", "characters", path);
    }

    private void CheckLength(JsonElement schema, int length, string least, string most, string unit, string path)
    {
        if (Keyword(schema, least) is { ValueKind: JsonValueKind.Number } min && length < min.GetDouble())
            Add(path, string.Create(CultureInfo.InvariantCulture, $"must have at least {min} {unit}, and has {length}"));
        if (Keyword(schema, most) is { ValueKind: JsonValueKind.Number } max && length > max.GetDouble())
            Add(path, string.Create(CultureInfo.InvariantCulture, $"must have at most {max} {unit}, and has {length}"));
    }

    private void CheckNumber(JsonElement schema, double value, string path)
    {
        if (Keyword(schema, "minimum") is { ValueKind: JsonValueKind.Number } least && value < least.GetDouble())
            Add(path, $"must be at least {least}");
        if (Keyword(schema, "maximum") is { ValueKind: JsonValueKind.Number } most && value > most.GetDouble())
            Add(path, $"must be at most {most}");
        if (Keyword(schema, "exclusiveMinimum") is { ValueKind: JsonValueKind.Number } above && value <= above.GetDouble())
            Add(path, $"must be more than {above}");
        if (Keyword(schema, "exclusiveMaximum") is { ValueKind: JsonValueKind.Number } below && value >= below.GetDouble())
            Add(path, $"must be less than {below}");
    }

    private void CheckChoice(JsonElement schema, JsonElement value, string path)
    {
        if (Keyword(schema, "enum") is { ValueKind: JsonValueKind.Array } choices && !choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
            Add(path, $"must be one of {string.Join(", ", choices.EnumerateArray().Select(choice => choice.GetRawText()))}");
        if (Keyword(schema, "const") is { } only && !JsonElement.DeepEquals(only, value))
            Add(path, $"must be {only.GetRawText()}");
    }

    private void CheckWays(JsonElement schema, JsonElement value, string path, int depth)
    {
        foreach (var part in Ways(schema, "allOf"))
            Check(part, value, path, depth + 1);
        foreach (var ways in new[] { Ways(schema, "anyOf"), Ways(schema, "oneOf") }.Where(ways => ways.Count > 0))
        {
            // Of those that do not fit, the nearest one tells what to mend.
            if (ways.Select(way => Try(way, value, path, depth)).MinBy(problems => problems.Count) is { Count: > 0 } nearest)
                _problems.AddRange(nearest.Take(MaxProblems - _problems.Count));
        }
    }

    private List<string> Try(JsonElement schema, JsonElement value, string path, int depth)
    {
        var check = new SchemaCheck(_root);
        check.Check(schema, value, path, depth + 1);
        return check._problems;
    }

    private void Add(string path, string what)
    {
        if (_problems.Count < MaxProblems)
            _problems.Add($"{JsonWords.Cut(path)} {what}.");
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static List<JsonElement> Ways(JsonElement schema, string name) => Keyword(schema, name) is { ValueKind: JsonValueKind.Array } ways ? [.. ways.EnumerateArray()] : [];

    private static JsonElement? Keyword(JsonElement schema, string name) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out var value) ? value : null;
}
