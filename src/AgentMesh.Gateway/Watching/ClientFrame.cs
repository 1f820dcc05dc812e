using System.Text.Json;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Watching;

/// <summary>A frame from a client. Read as strictly as request bodies: no member twice, few levels, unknown members ignored.</summary>
/// <param name="Type"><c>message</c>, <c>resume</c>, <c>ping</c> or <c>pong</c>.</param>
/// <param name="Id">The client's name for a message, its idempotency key.</param>
/// <param name="Message">Set for a message.</param>
/// <param name="After">Set for a resume.</param>
internal sealed record ClientFrame(string Type, string? Id, MessageRequest? Message, long After)
{
    public const string MessageType = "message";
    public const string ResumeType = "resume";
    public const string PingType = "ping";
    public const string PongType = "pong";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = RequestJson.MaxDepth, AllowDuplicateProperties = false };

    private static readonly Refusal NotJson = new(
        EdgeRefusals.InvalidJson, $"The frame is not valid JSON of at most {RequestJson.MaxDepth} levels, without a member twice.");

    private static readonly Refusal NotObject = new(EdgeRefusals.InvalidFrame, "A frame is a JSON object with a type.");

    private static readonly Refusal UnknownType = new(EdgeRefusals.InvalidFrame, "type must be message, resume, ping or pong.");

    private static readonly Refusal InvalidAfter = new(EdgeRefusals.InvalidAfter, "after must be a seq, a whole number from 0 on.");

    private static readonly Refusal InvalidId = new(
        EdgeRefusals.InvalidIdempotencyKey, $"id must be a text of 1-{IdempotencyKey.MaxLength} visible ASCII characters.");

    /// <summary>Reads a frame: it, or a refusal with the id when there is one to echo.</summary>
    public static (ClientFrame? Frame, Refusal? Refusal, string? Id) Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return (null, NotJson, null);
        }
    }

    private static (ClientFrame? Frame, Refusal? Refusal, string? Id) Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !TryGetText(root, "type", out var type) || type is null)
            return (null, NotObject, null);
        switch (type)
        {
            case PingType or PongType:
                return (new ClientFrame(type, null, null, 0), null, null);
            case ResumeType:
                return root.TryGetProperty("after", out var after) && after.ValueKind == JsonValueKind.Number && after.TryGetInt64(out var seq) && seq >= 0
                    ? (new ClientFrame(type, null, null, seq), null, null)
                    : (null, InvalidAfter, null);
            case MessageType:
                return ReadMessage(root);
            default:
                return (null, UnknownType, null);
        }
    }

    private static (ClientFrame? Frame, Refusal? Refusal, string? Id) ReadMessage(JsonElement root)
    {
        if (!TryGetText(root, "id", out var id) || id is not null && !IdempotencyKey.IsKey(id))
            return (null, InvalidId, id is { Length: <= IdempotencyKey.MaxLength } ? id : null);
        if (!TryGetText(root, "content", out var content))
            return (null, NotText("content"), id);
        if (!TryGetText(root, "sessionId", out var session))
            return (null, NotText("sessionId"), id);
        if (!TryGetText(root, "ifBusy", out var ifBusy))
            return (null, NotText("ifBusy"), id);
        return (new ClientFrame(MessageType, id, new MessageRequest(content, session, ifBusy), 0), null, null);
    }

    private static Refusal NotText(string member) => new(EdgeRefusals.InvalidRequest, $"{member} must be one string of valid Unicode.");

    // True for a text, and for null or nothing, which is null.
    private static bool TryGetText(JsonElement root, string name, out string? text)
    {
        text = null;
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return true;
        if (value.ValueKind != JsonValueKind.String)
            return false;
        try
        {
            text = value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 alone: half a character.
            return false;
        }
    }
}
