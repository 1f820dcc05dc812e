using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace AgentMesh.Evm.Eip712;

/// <summary>The parts of the JSON form of typed data, not yet compared with each other.</summary>
internal sealed record TypedDataJson(
    IReadOnlyDictionary<string, IReadOnlyList<MemberDescription>> Types,
    string PrimaryType,
    IReadOnlyDictionary<string, object?> Domain,
    IReadOnlyDictionary<string, object?> Message)
{
    // Two readers of a name that is there twice may take different values. The root and the message are two levels more than the values.
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 2 * TypedDataLimits.MaxDepth };

    /// <summary>Reads the text; null with a sentence when it is not of the form.</summary>
    public static TypedDataJson? TryRead(string json, out string? problem)
    {
        problem = json.Length > TypedDataLimits.MaxJsonLength ? "The text is too long." : null;
        if (problem is not null)
            return null;
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var read = Read(document.RootElement);
            problem = read is null ? "The text is not an object of types, primaryType, domain and message." : null;
            return read;
        }
        catch (JsonException)
        {
            // Its message quotes the text.
            problem = "The text is not JSON, has a name twice, or is nested too deep.";
            return null;
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for an escape like \ud800 alone.
            problem = "The text has a string that has no UTF-8.";
            return null;
        }
    }

    private static TypedDataJson? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("types", out var types) || ReadTypes(types) is not { } read
            || !root.TryGetProperty("primaryType", out var primaryType) || primaryType.ValueKind != JsonValueKind.String
            || !root.TryGetProperty("domain", out var domain) || ToValue(domain) is not Dictionary<string, object?> domainValues
            || !root.TryGetProperty("message", out var message) || ToValue(message) is not Dictionary<string, object?> messageValues)
        {
            return null;
        }

        // Libraries write a value they have not as null.
        foreach (var name in domainValues.Where(value => value.Value is null).Select(value => value.Key).ToList())
            domainValues.Remove(name);
        read.TryAdd(TypedDataDomain.TypeName, [.. TypedDataDomain.AllMembers.Where(member => domainValues.ContainsKey(member.Name))]);
        return new TypedDataJson(read, primaryType.GetString()!, domainValues, messageValues);
    }

    private static Dictionary<string, IReadOnlyList<MemberDescription>>? ReadTypes(JsonElement types)
    {
        if (types.ValueKind != JsonValueKind.Object)
            return null;
        var read = new Dictionary<string, IReadOnlyList<MemberDescription>>(StringComparer.Ordinal);
        foreach (var type in types.EnumerateObject())
        {
            if (type.Value.ValueKind != JsonValueKind.Array)
                return null;
            var members = new List<MemberDescription>(type.Value.GetArrayLength());
            foreach (var member in type.Value.EnumerateArray())
            {
                if (member.ValueKind != JsonValueKind.Object
                    || !member.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String
                    || !member.TryGetProperty("type", out var memberType) || memberType.ValueKind != JsonValueKind.String)
                {
                    return null;
                }

                members.Add(new MemberDescription(name.GetString()!, memberType.GetString()!));
            }

            read.Add(type.Name, members);
        }

        return read;
    }

    private static object? ToValue(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => element.EnumerateArray().Select(ToValue).ToArray(),
        JsonValueKind.Object => element.EnumerateObject().ToDictionary(member => member.Name, member => ToValue(member.Value), StringComparer.Ordinal),
        JsonValueKind.Number => ToNumber(element.GetRawText()),
        _ => null,
    };

    /// <summary>A whole number. One with a fraction, an exponent or too many digits is what no type accepts: not a number.</summary>
    private static object ToNumber(string text) =>
        text.Length <= TypedDataValues.MaxNumberLength && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : double.NaN;
}
