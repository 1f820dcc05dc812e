using System.Security.Cryptography;
using System.Text;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Conversation;

/// <summary>A message to be posted, with what makes its repeat recognisable.</summary>
/// <param name="Content">The text; not checked yet.</param>
/// <param name="SessionId">The session; not checked yet.</param>
/// <param name="RequestHash">SHA-256 of the gateway's request id; null when there is none, or when a key replaces it.</param>
/// <param name="KeyHash">SHA-256 of the caller's Idempotency-Key; null when the caller gave none.</param>
/// <param name="BodyHash">SHA-256 over session and content; set with <paramref name="KeyHash"/>.</param>
/// <param name="IfBusy">What to do while a turn of the session runs; null when the caller's word for it is none of them.</param>
public sealed record PostRequest(
    string Content, string SessionId, byte[]? RequestHash, byte[]? KeyHash, byte[]? BodyHash, BusyPolicy? IfBusy)
{
    /// <summary>The tool that the message calls, see <see cref="Schedules.ToolCall"/>; null: it is to be answered.</summary>
    public string? Tool { get; init; }

    /// <summary>The schedule that posts it; null: a caller does.</summary>
    public string? Schedule { get; init; }

    /// <summary>The message of another agent that its turn answers; null: none.</summary>
    public InMail? Mail { get; init; }

    /// <summary>The payment that pays for it, to be stored with it; null: none, or it is stored already.</summary>
    public PaymentChange? Payment { get; init; }

    /// <summary>The bucket that knows the caller's key; null without a key.</summary>
    public int? Bucket => KeyHash is null ? null : IdempotencyBucket.Of(KeyHash);

    /// <summary>A request as it comes from the wire, where nothing is certain to be there.</summary>
    /// <param name="content">The text.</param>
    /// <param name="sessionId">The session; null for the default one.</param>
    /// <param name="requestId">The gateway's id of the request; empty for none.</param>
    /// <param name="idempotencyKey">The caller's key; null for none.</param>
    /// <param name="ifBusy">The caller's word for a policy; null for the default.</param>
    public static PostRequest Create(string? content, string? sessionId, string? requestId, string? idempotencyKey, string? ifBusy = null)
    {
        content ??= "";
        sessionId ??= SessionNames.Default;
        return idempotencyKey is null
            ? new PostRequest(content, sessionId, string.IsNullOrEmpty(requestId) ? null : Hash(requestId), null, null, PolicyOf(ifBusy))
            : new PostRequest(content, sessionId, null, Hash(idempotencyKey), Hash(sessionId + '\0' + content), PolicyOf(ifBusy));
    }

    private static BusyPolicy? PolicyOf(string? word) => word switch
    {
        null or "enqueue" => BusyPolicy.Enqueue,
        "reject" => BusyPolicy.Reject,
        "interrupt" => BusyPolicy.Interrupt,
        _ => null,
    };

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
