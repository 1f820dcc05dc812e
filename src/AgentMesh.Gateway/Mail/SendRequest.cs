using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mail;

/// <summary>The body of <c>POST /agent/{userId}/send</c>. Receivers and numbers are read as JSON first, so that a wrong one is refused with its own code.</summary>
/// <param name="To">A receiver, or a list of them.</param>
/// <param name="Content">The text.</param>
/// <param name="DeadlineSeconds">How long it may be under way; null: 24 hours.</param>
/// <param name="Budget">What the receiver may spend for it; null: nothing of the sender's.</param>
/// <param name="Await">Seconds to wait for the answer; null: it is not waited for.</param>
/// <param name="InReplyTo">The number of the message in the inbox that it answers; null: none.</param>
internal sealed record SendRequest(
    JsonElement? To, string? Content, JsonElement? DeadlineSeconds, SendBudgetRequest? Budget, JsonElement? Await, JsonElement? InReplyTo = null)
{
    /// <summary>The receivers as they were written; null: they are no text and no list of texts.</summary>
    internal IReadOnlyList<string>? Receivers => To switch
    {
        { ValueKind: JsonValueKind.String } one => JsonText.TryGet(one) is { } text ? [text] : null,
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String && JsonText.TryGet(one) is not null) =>
            [.. list.EnumerateArray().Select(one => one.GetString()!)],
        _ => null,
    };

    /// <summary>They are a list: its ids are answered as one.</summary>
    internal bool HasList => To is { ValueKind: JsonValueKind.Array };

    internal int? DeadlineSecondsNumber => NumberOf(DeadlineSeconds);

    internal int? AwaitNumber => NumberOf(Await);

    /// <summary>A JSON integer: below 2^31 as long as nobody gets two thousand million messages.</summary>
    internal int? InReplyToNumber => NumberOf(InReplyTo);

    /// <summary>What the agent is asked; the request is valid.</summary>
    /// <param name="sender">The agent: whoever is named without a tenant is of its tenant.</param>
    /// <param name="requestId">The same in all retries.</param>
    /// <param name="idempotencyKey">The caller's key; null: none.</param>
    internal SendMail ToContract(AgentKey sender, string requestId, string? idempotencyKey) => new(
        requestId, idempotencyKey, [.. Receivers!.Select(receiver => ReceiverOf(sender.Tenant, receiver).ToString()!)], Content!, DeadlineSecondsNumber,
        Budget is { Asset: { } asset, Amount: { } amount } ? new MailBudget(asset, amount) : null, InReplyToN: InReplyToNumber);

    /// <summary>The agent that is meant by <c>bob</c> or <c>acme:bob</c>; null: none.</summary>
    internal static AgentKey? ReceiverOf(TenantId own, string receiver)
    {
        if (UserId.TryParse(receiver, out var user))
            return new AgentKey(own, user);
        return AgentKey.TryParse(receiver, out var key) ? key : null;
    }

    private static int? NumberOf(JsonElement? member) => member is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : null;
}

/// <summary>Money that goes with a message.</summary>
/// <param name="Asset"><c>USD</c>, or a token as CAIP-19.</param>
/// <param name="Amount">Atomic units, decimal digits.</param>
internal sealed record SendBudgetRequest(string? Asset, string? Amount);
