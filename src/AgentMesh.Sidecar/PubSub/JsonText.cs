using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using AgentMesh.Sidecar.Http;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>JSON as daprd reads and writes it: Go maps, so the members of every object are sorted and numbers keep their text.</summary>
internal static class JsonText
{
    /// <summary>Deeper documents are taken for text.</summary>
    private const int MaxDepth = 512;

    // What is written stands in an envelope, and that in a batch.
    private const int MaxWrittenDepth = MaxDepth + 8;

    /// <summary>For typed documents; names are compared without case, as Go does.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaxWrittenDepth,
    };

    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = MaxDepth };

    /// <summary>Null when it is not JSON.</summary>
    public static JsonElement? TryParse(ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty || !Utf8.IsValid(data.Span))
            return null;
        try
        {
            using var document = JsonDocument.Parse(data, Depth);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>An object of texts and JSON values, its members sorted at every level.</summary>
    public static byte[] WriteSorted(SortedDictionary<string, object> members) => HttpAnswer.WriteJson(json =>
    {
        json.WriteStartObject();
        foreach (var (name, member) in members)
        {
            json.WritePropertyName(name);
            if (member is JsonElement element && IsSorted(element))
                element.WriteTo(json);
            else if (member is JsonElement unsorted)
                Rewrite(json, unsorted, found => found.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name)));
            else
                json.WriteStringValue((string)member);
        }

        json.WriteEndObject();
    }).ToArray();

    // True: the members of every object stand sorted, each name once. By bytes: of UTF-8 that is the order of code points, and of ASCII that of Go and ours;
    // a name with an escape counts as unsorted.
    private static bool IsSorted(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                if (!IsSorted(item))
                    return false;
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            var last = default(ReadOnlySpan<byte>);
            foreach (var member in element.EnumerateObject())
            {
                var name = JsonMarshal.GetRawUtf8PropertyName(member);
                if (name.SequenceCompareTo(last) <= 0 || !Ascii.IsValid(name) || name.Contains((byte)'\\') || !IsSorted(member.Value))
                    return false;
                last = name;
            }
        }

        return true;
    }

    /// <summary>Writes a value with the members of every object in another order. Of members with the same name the last one counts.</summary>
    /// <param name="json">Where it goes.</param>
    /// <param name="element">The value.</param>
    /// <param name="arrange">Orders the members of an object.</param>
    /// <param name="number">How a number is written; null: as it was.</param>
    public static void Rewrite(Utf8JsonWriter json, JsonElement element, Action<Span<JsonProperty>> arrange, Func<double, string>? number = null)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = element.EnumerateObject().GroupBy(member => member.Name, StringComparer.Ordinal).Select(same => same.Last()).ToArray();
                arrange(members);
                json.WriteStartObject();
                foreach (var member in members)
                {
                    json.WritePropertyName(member.Name);
                    Rewrite(json, member.Value, arrange, number);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Rewrite(json, item, arrange, number);
                json.WriteEndArray();
                break;
            case JsonValueKind.Number when number is not null && double.IsFinite(element.GetDouble()):
                json.WriteRawValue(number(element.GetDouble()), skipInputValidation: true);
                break;
            default:
                element.WriteTo(json);
                break;
        }
    }

    /// <summary>A member by Go's rule: the exact name, else the same name in another case. Null when missing or JSON null.</summary>
    public static JsonElement? Member(JsonElement element, string name)
    {
        JsonElement? found = null;
        foreach (var member in element.EnumerateObject())
        {
            var raw = JsonMarshal.GetRawUtf8PropertyName(member);
            if (raw.Contains((byte)'\\') ? member.Name.Equals(name, StringComparison.OrdinalIgnoreCase) : Ascii.EqualsIgnoreCase(raw, name))
                found = member.Value;
        }

        return found is { ValueKind: JsonValueKind.Null } ? null : found;
    }

    /// <summary>A member that is a text; empty when it is none.</summary>
    public static string Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";
}
