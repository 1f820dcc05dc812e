using System.Text.Json;
using System.Text.Unicode;
using AgentMesh.Gateway.Edge;

namespace AgentMesh.Gateway.Mcp.Transport;

/// <summary>
/// Looks at a body before the SDK reads it, which takes what two readers may read differently (a member twice, bytes that are not UTF-8) and fails later, in
/// the middle of a call, on what is no text.
/// </summary>
internal static class McpBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = RequestJson.MaxDepth };

    /// <summary>True for one JSON object of UTF-8 whose texts are texts, with no member twice and few levels. A batch is an array: 2025-03-26 alone had them, and the SDK reads none.</summary>
    public static bool IsMessage(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
            return false;
        try
        {
            using var message = JsonDocument.Parse(body, Strict);
            return message.RootElement.ValueKind == JsonValueKind.Object && HasTextsOnly(body.Span);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Escapes may stand for half of a surrogate pair; the reader says so only when the text is taken.
    private static bool HasTextsOnly(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = RequestJson.MaxDepth });
        try
        {
            while (json.Read())
            {
                if (json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && json.ValueIsEscaped)
                    _ = json.GetString();
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
