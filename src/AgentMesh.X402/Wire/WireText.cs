using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace AgentMesh.X402.Wire;

/// <summary>Reads JSON of strangers. Null for anything else than JSON that can be written again; never an exception.</summary>
internal static class WireText
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = X402Limits.MaxJsonDepth, AllowDuplicateProperties = false };
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = X402Limits.MaxJsonDepth };

    public static JsonElement? TryParse(ReadOnlyMemory<byte> utf8, int maxBytes)
    {
        if (utf8.Length > maxBytes || !Utf8.IsValid(utf8.Span))
            return null;
        try
        {
            if (!HasWholeStrings(utf8.Span))
                return null;
            using var document = JsonDocument.Parse(utf8, Options);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static T? TryRead<T>(JsonElement? element, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return element?.Deserialize(type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads an element of somebody else's parser, which may have let more pass than ours.</summary>
    public static JsonElement? TryParse(JsonElement element, int maxBytes) => TryParse(Encoding.UTF8.GetBytes(element.GetRawText()), maxBytes);

    /// <summary>The number <c>x402Version</c>; null when there is none.</summary>
    public static int? VersionOf(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Object } root
        && root.TryGetProperty("x402Version", out var version)
        && version.ValueKind == JsonValueKind.Number
        && version.TryGetInt32(out var number)
            ? number
            : null;

    /// <summary>A string member; null when it is not there or is none.</summary>
    public static string? TextOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    // JSON allows "\ud800" alone, which has no UTF-8. System.Text.Json finds that out when the string is taken, and throws.
    private static bool HasWholeStrings(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.Contains((byte)'\\'))
            return true;
        var reader = new Utf8JsonReader(utf8, ReaderOptions);
        var text = new char[utf8.Length];
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
                continue;
            try
            {
                reader.CopyString(text);
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        return true;
    }
}
