using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

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

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxWrittenDepth };

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
    public static byte[] WriteSorted(SortedDictionary<string, object> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
            Write(json, members);
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

    /// <summary>A member that is a text; empty when it is none.</summary>
    public static string Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case SortedDictionary<string, object> members:
                json.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    json.WritePropertyName(name);
                    Write(json, member);
                }

                json.WriteEndObject();
                break;
            case JsonElement { ValueKind: JsonValueKind.Object } element:
                // Of members with the same name the last one counts.
                var sorted = new SortedDictionary<string, object>(StringComparer.Ordinal);
                foreach (var member in element.EnumerateObject())
                    sorted[member.Name] = member.Value;
                Write(json, sorted);
                break;
            case JsonElement { ValueKind: JsonValueKind.Array } element:
                json.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(json, item);
                json.WriteEndArray();
                break;
            case JsonElement element:
                element.WriteTo(json);
                break;
        }
    }
}
