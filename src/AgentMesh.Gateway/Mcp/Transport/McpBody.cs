using System.Buffers;
using System.Runtime.InteropServices;
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

    // JSON-RPC says nothing of others, so they are passed over; the SDK refuses the whole message for one it does not know.
    private static readonly string[] Members = ["jsonrpc", "id", "method", "params"];

    /// <summary>
    /// Reads one JSON object of UTF-8 whose texts are texts, with no member twice and few levels. A batch is an array: 2025-03-26 alone had them, and the
    /// SDK reads none.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="message">What the SDK is to read, of <see cref="McpBodyKind.Message"/>: the body without members that JSON-RPC does not know.</param>
    public static McpBodyKind Read(byte[] body, out byte[] message)
    {
        message = body;
        if (!Utf8.IsValid(body))
            return McpBodyKind.NoObject;
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !JsonText.HasTextsOnly(body))
                return McpBodyKind.NoObject;
            if (!IsRpc(root))
                return McpBodyKind.NoRpc;
            if (!IsNamed(root))
                return McpBodyKind.NoName;
            if (root.EnumerateObject().Any(member => !Members.Contains(member.Name)))
                message = Plain(root);
            return McpBodyKind.Message;
        }
        catch (JsonException)
        {
            return McpBodyKind.NoObject;
        }
    }

    private static byte[] Plain(JsonElement root)
    {
        var plain = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(plain))
        {
            json.WriteStartObject();
            foreach (var member in root.EnumerateObject().Where(member => Members.Contains(member.Name)))
            {
                json.WritePropertyName(member.Name);
                json.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value));
            }

            json.WriteEndObject();
        }

        return plain.WrittenSpan.ToArray();
    }

    private static bool IsNamed(JsonElement message) =>
        !message.TryGetProperty("params", out var parameters) || parameters.ValueKind != JsonValueKind.Object
        || Names.All(name => !parameters.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.String or JsonValueKind.Null);

    // A request or a notification; nobody is asked anything here, so there is nothing to answer.
    private static bool IsRpc(JsonElement message) =>
        message.TryGetProperty("jsonrpc", out var version) && version.ValueKind == JsonValueKind.String && version.ValueEquals("2.0")
        && message.TryGetProperty("method", out var method) && method.ValueKind == JsonValueKind.String
        && (!message.TryGetProperty("id", out var id) || id.ValueKind == JsonValueKind.String || id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out _));
}

/// <summary>What a body is to MCP.</summary>
internal enum McpBodyKind
{
    /// <summary>A request or a notification.</summary>
    Message,

    /// <summary>Not one JSON object.</summary>
    NoObject,

    /// <summary>An object that is no message of JSON-RPC 2.0.</summary>
    NoRpc,

    /// <summary>A message about something whose name is no text.</summary>
    NoName,
}
