using System.Text.Json;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>A message's metadata as a broker keeps it: a JSON object of texts, members sorted as Go writes maps.</summary>
internal static class StoredMetadata
{
    public static string Write(IReadOnlyDictionary<string, string> metadata) => metadata.Count == 0
        ? "{}"
        : JsonSerializer.Serialize(new OrderedDictionary<string, string>(metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal)), JsonText.Options);

    /// <summary>Null when there is none, or when another program left something else there.</summary>
    public static IReadOnlyDictionary<string, string>? Read(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(text, JsonText.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
