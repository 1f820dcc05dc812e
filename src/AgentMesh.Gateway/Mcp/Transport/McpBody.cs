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

    // What the SDK compares with the header Mcp-Name, and fails on when it is no text.
    private static readonly string[] Names = ["name", "uri", "taskId"];

    /// <summary>True for one JSON object of UTF-8 whose texts are texts, with no member twice and few levels. A batch is an array: 2025-03-26 alone had them, and the SDK reads none.</summary>
    /// <param name="body">The body.</param>
    /// <param name="isNamed">False of a message about something whose name is no text.</param>
    public static bool IsMessage(ReadOnlyMemory<byte> body, out bool isNamed)
    {
        isNamed = true;
        if (!Utf8.IsValid(body.Span))
            return false;
        try
        {
            using var message = JsonDocument.Parse(body, Strict);
            if (message.RootElement.ValueKind != JsonValueKind.Object || !HasTextsOnly(body.Span))
                return false;
            isNamed = !message.RootElement.TryGetProperty("params", out var parameters) || parameters.ValueKind != JsonValueKind.Object
                || Names.All(name => !parameters.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.String or JsonValueKind.Null);
            return true;
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
