using System.Text;
using System.Text.Json;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>A message's metadata as a broker keeps it: a JSON object of texts, members sorted as Go writes maps.</summary>
internal static class StoredMetadata
{
    public static string Write(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return "{}";
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonText.Relaxed))
        {
            json.WriteStartObject();
            foreach (var (name, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Null when there is none, or when another program left something else there.</summary>
    public static IReadOnlyDictionary<string, string>? Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject())
                metadata[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText();
            return metadata;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
