using System.Text.Json.Serialization;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Mail;

/// <summary>A message that was sent. Without an answer and without a state it is under way, or nobody waited for its answer.</summary>
/// <param name="MessageId">Its id; of several that of the first.</param>
/// <param name="MessageIds">Of a list of receivers the ids, in their order.</param>
/// <param name="State"><c>dead</c>: there will be no answer; <c>discarded</c>: it was given up, and whether it was delivered is not known.</param>
/// <param name="Code">Why it is dead, or was not delivered before it was given up.</param>
/// <param name="Detail">The same, for people.</param>
/// <param name="Reply">The answer.</param>
internal sealed record SendResponse(
    string MessageId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? MessageIds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? State = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MailReply? Reply = null)
{
    /// <summary>Of a message of which all is known.</summary>
    public static SendResponse Of(MailItem mail) => mail.Reply is { } reply
        ? new SendResponse(mail.Id, Reply: MailReply.Of(reply))
        : new SendResponse(mail.Id, State: mail.State, Code: mail.Code, Detail: mail.Detail);
}

/// <summary>An answer to a message.</summary>
/// <param name="From">Who gave it, <c>{tenant}:{user}</c>.</param>
/// <param name="Content">The text; with <paramref name="Failure"/> why there is none.</param>
/// <param name="SentAt">When.</param>
/// <param name="Failure">A refusal's code: there will be no answer. Left out: this is it.</param>
/// <param name="Spent">What was spent of the message's budget; left out: it had none.</param>
internal sealed record MailReply(
    string From, string Content, DateTime SentAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Failure,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MailBudget? Spent)
{
    // UtcDateTime: written with Z.
    public static MailReply Of(MailItem reply) => new(reply.From, reply.Content, reply.SentAt.UtcDateTime, reply.Failure, reply.Budget);
}
