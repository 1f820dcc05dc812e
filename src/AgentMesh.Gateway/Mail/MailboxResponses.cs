using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Mail;

/// <summary>A page of an inbox.</summary>
/// <param name="Messages">The newest first.</param>
/// <param name="NextBefore">The <c>before</c> of the next older page; null at the end.</param>
internal sealed record InboxResponse(IReadOnlyList<ReceivedMailResponse> Messages, long? NextBefore)
{
    public static InboxResponse Of(MailPage page) => new([.. page.Messages.Select(ReceivedMailResponse.Of)], page.NextBefore);
}

/// <summary>A page of an outbox.</summary>
/// <param name="Messages">The newest first.</param>
/// <param name="NextBefore">The <c>before</c> of the next older page; null at the end.</param>
internal sealed record OutboxResponse(IReadOnlyList<SentMailResponse> Messages, long? NextBefore)
{
    public static OutboxResponse Of(MailPage page) => new([.. page.Messages.Select(SentMailResponse.Of)], page.NextBefore);
}

/// <summary>A message that has come.</summary>
/// <param name="N">Its number in the inbox.</param>
/// <param name="Id">Its id, the sender's.</param>
/// <param name="From">The sender, <c>{tenant}:{user}</c>.</param>
/// <param name="Content">The text.</param>
/// <param name="State"><c>stored</c>, <c>waiting</c>, <c>answering</c>, <c>answered</c>, <c>failed</c> or <c>read</c>.</param>
/// <param name="SentAt">When it was sent, by the sender's clock.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Via">The agents whose messages have led to it, the sender last.</param>
/// <param name="Topic">The topic it was sent to; null: to the agent alone.</param>
/// <param name="InReplyTo">The id of the message it answers; null: none.</param>
/// <param name="Failure">A refusal's code, when it says that there will be no answer.</param>
/// <param name="Budget">What may be spent for it; null: nothing of the sender's.</param>
/// <param name="Spent">Of an answer: what was spent of the budget; null: there was none.</param>
/// <param name="SessionId">The session that it is answered in; null: it is not.</param>
/// <param name="TurnId">The turn that answers it; null: none does.</param>
/// <param name="ReplyN">The number in the outbox of the answer; null: there is none.</param>
/// <param name="Code">Why it was not answered.</param>
/// <param name="Detail">The same, for people.</param>
internal sealed record ReceivedMailResponse(
    long N, string Id, string From, string Content, string State, DateTime SentAt, DateTime? ReceivedAt, IReadOnlyList<string> Via, string? Topic, string? InReplyTo,
    string? Failure, MailBudget? Budget, MailBudget? Spent, string? SessionId, string? TurnId, long? ReplyN, string? Code, string? Detail)
{
    // UtcDateTime: written with Z.
    public static ReceivedMailResponse Of(MailItem mail) => new(
        mail.N, mail.Id, mail.From, mail.Content, mail.State, mail.SentAt.UtcDateTime, mail.At?.UtcDateTime, mail.Via, mail.Topic, mail.InReplyTo, mail.Failure,
        mail.InReplyTo is null ? mail.Budget : null, mail.InReplyTo is null ? null : mail.Budget, mail.SessionId, mail.TurnId, mail.ReplyN, mail.Code, mail.Detail);
}

/// <summary>A message that was sent.</summary>
/// <param name="N">Its number in the outbox.</param>
/// <param name="Id">Its id.</param>
/// <param name="To">The receiver, <c>{tenant}:{user}</c>.</param>
/// <param name="Content">The text.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c>, <c>dead</c>, or <c>discarded</c>: given up, and whether it was delivered is not known.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="SettledAt">When it was delivered, dead or discarded; null: it is under way.</param>
/// <param name="Deadline">Until when it may be under way.</param>
/// <param name="Via">The agents whose messages have led to it, the sender last.</param>
/// <param name="Topic">The topic it was sent to; null: to the receiver alone.</param>
/// <param name="InReplyTo">The id of the message it answers; null: none.</param>
/// <param name="Failure">A refusal's code, when it says that there will be no answer.</param>
/// <param name="Budget">What the receiver may spend for it; null: nothing of the sender's.</param>
/// <param name="Spent">Of an answer: what was spent of the budget; null: there was none.</param>
/// <param name="Code">Why it is dead, or was not delivered yet.</param>
/// <param name="Detail">The same, for people.</param>
/// <param name="ReplayedAs">The id of the message that was sent in its place; null: none was.</param>
/// <param name="ReplyN">The number in the inbox of the answer; null: there is none.</param>
/// <param name="Reply">The answer, where one message was asked for; null: there is none.</param>
internal sealed record SentMailResponse(
    long N, string Id, string To, string Content, string State, DateTime SentAt, DateTime? SettledAt, DateTime? Deadline, IReadOnlyList<string> Via, string? Topic,
    string? InReplyTo, string? Failure, MailBudget? Budget, MailBudget? Spent, string? Code, string? Detail, string? ReplayedAs, long? ReplyN, MailReply? Reply)
{
    // UtcDateTime: written with Z.
    public static SentMailResponse Of(MailItem mail) => new(
        mail.N, mail.Id, mail.To, mail.Content, mail.State, mail.SentAt.UtcDateTime, mail.At?.UtcDateTime, mail.Deadline?.UtcDateTime, mail.Via, mail.Topic, mail.InReplyTo,
        mail.Failure, mail.InReplyTo is null ? mail.Budget : null, mail.InReplyTo is null ? null : mail.Budget, mail.Code, mail.Detail, mail.ReplayedAs, mail.ReplyN,
        mail.Reply is { } reply ? MailReply.Of(reply) : null);
}
