using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>JSON as daprd writes it: Go maps, so the members of every object are sorted and numbers keep their text.</summary>
internal static class JsonText
{
    /// <summary>Deeper documents are taken for text.</summary>
    private const int MaxDepth = 512;

    public static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth + 8 };

    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = MaxDepth };

    /// <summary>Null when it is not JSON.</summary>
    public static JsonElement? TryParse(ReadOnlyMemory<byte> data)
    {
        if (!Utf8.IsValid(data.Span))
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
    public static byte[] WriteSorted(IEnumerable<KeyValuePair<string, object>> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            foreach (var (name, value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
            {
                json.WritePropertyName(name);
                if (value is JsonElement element)
                    WriteSorted(json, element);
                else
                    json.WriteStringValue((string)value);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>A member by Go's rule: the exact name, else the same name in another case. Null when missing or JSON null.</summary>
    public static JsonElement? Member(JsonElement element, string name)
    {
        JsonElement? found = null;
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                found = member.Value;
        }

        return found is { ValueKind: JsonValueKind.Null } ? null : found;
    }

    private static void WriteSorted(Utf8JsonWriter json, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                // Of members with the same name the last one counts.
                var members = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
                foreach (var member in element.EnumerateObject())
                    members[member.Name] = member.Value;
                foreach (var (name, value) in members)
                {
                    json.WritePropertyName(name);
                    WriteSorted(json, value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    WriteSorted(json, item);
                json.WriteEndArray();
                break;
            default:
                element.WriteTo(json);
                break;
        }
    }
}
