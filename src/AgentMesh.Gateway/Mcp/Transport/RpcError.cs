using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using ModelContextProtocol;

namespace AgentMesh.Gateway.Mcp.Transport;

/// <summary>Errors of JSON-RPC 2.0 that the door answers itself, with 400.</summary>
internal static class RpcError
{
    /// <summary>The body is no message; the id of what could not be read is null.</summary>
    public static Task WriteNoMessageAsync(HttpContext context) => WriteAsync(
        context, null, McpErrorCode.ParseError, $"The body is not one JSON object of UTF-8 with at most {RequestJson.MaxDepth} levels and no member twice.");

    /// <summary>The body is an object that is no request and no notification; its id, if it has one, may be none.</summary>
    public static Task WriteInvalidRequestAsync(HttpContext context) => WriteAsync(
        context, null, McpErrorCode.InvalidRequest, "The body is no request or notification of JSON-RPC 2.0: jsonrpc, a text as its method, and as its id a text or a whole number of 64 bits.");

    /// <summary>The parameters of a message are not of its method.</summary>
    /// <param name="context">The request.</param>
    /// <param name="message">A message, whose id the answer has.</param>
    public static Task WriteInvalidParametersAsync(HttpContext context, ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        JsonElement? id = document.RootElement.TryGetProperty("id", out var given) && given.ValueKind is JsonValueKind.String or JsonValueKind.Number ? given.Clone() : null;
        return WriteAsync(context, id, McpErrorCode.InvalidParams, "Parameters are missing or not of their type.");
    }

    /// <summary>For the OpenAPI document: what these look like, and those of the SDK.</summary>
    public static JsonObject Describe() => Schema.Object(
        ("jsonrpc", Schema.OneOf("2.0")), ("error", Schema.Object(("code", Schema.Number(int.MinValue, int.MaxValue)), ("message", Schema.Text()))));

    private static Task WriteAsync(HttpContext context, JsonElement? id, McpErrorCode code, string text)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WritePropertyName("id"u8);
            if (id is { } value)
                value.WriteTo(json);
            else
                json.WriteNullValue();
            json.WriteStartObject("error"u8);
            json.WriteNumber("code"u8, (int)code);
            json.WriteString("message"u8, text);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status400BadRequest;
        response.ContentType = JsonAnswer.ContentType;
        response.ContentLength = body.WrittenCount;
        return response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }
}
