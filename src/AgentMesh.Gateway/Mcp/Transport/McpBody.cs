using System.Text.Json;
using System.Text.Unicode;
using AgentMesh.Gateway.Edge;

namespace AgentMesh.Gateway.Mcp.Transport;

/// <summary>
/// Looks at a body before the SDK reads it, which takes what two readers may read differently (a member twice, bytes that are not UTF-8) and fails later, in
/// the middle of a call, on what is no text; and which tells its caller, of a message that it cannot read, the names of its types.
/// </summary>
internal static class McpBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = RequestJson.MaxDepth };

    // What the SDK compares with the header Mcp-Name, and fails on when it is no text.
    private static readonly string[] Names = ["name", "uri", "taskId"];

    /// <summary>True for one JSON object of UTF-8 whose texts are texts, with no member twice and few levels. A batch is an array: 2025-03-26 alone had them, and the SDK reads none.</summary>
    /// <param name="body">The body.</param>
    /// <param name="isRpc">False of an object that is no message of JSON-RPC 2.0.</param>
    /// <param name="isNamed">False of a message about something whose name is no text.</param>
    public static bool IsMessage(ReadOnlyMemory<byte> body, out bool isRpc, out bool isNamed)
    {
        isRpc = isNamed = true;
        if (!Utf8.IsValid(body.Span))
            return false;
        try
        {
            using var message = JsonDocument.Parse(body, Strict);
            if (message.RootElement.ValueKind != JsonValueKind.Object || !JsonText.HasTextsOnly(body.Span))
                return false;
            isRpc = IsRpc(message.RootElement);
            isNamed = !message.RootElement.TryGetProperty("params", out var parameters) || parameters.ValueKind != JsonValueKind.Object
                || Names.All(name => !parameters.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.String or JsonValueKind.Null);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // A request or a notification; nobody is asked anything here, so there is nothing to answer.
    private static bool IsRpc(JsonElement message) =>
        message.TryGetProperty("jsonrpc", out var version) && version.ValueKind == JsonValueKind.String && version.ValueEquals("2.0")
        && message.TryGetProperty("method", out var method) && method.ValueKind == JsonValueKind.String
        && (!message.TryGetProperty("id", out var id) || id.ValueKind == JsonValueKind.String || id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out _));
}
