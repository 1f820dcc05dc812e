using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>An agent's mailbox. Actor ids, <c>{tenant}:{user}</c>, are the addresses; a refusal is one of <see cref="MailCodes"/>.</summary>
public interface IAgentMail : IActor
{
    /// <summary>Sends a message to other agents: it is stored, and brought when that is done. A repeat, by its request id or key, sends nothing.</summary>
    Task<Reply<SentMail>> SendMail(SendMail request, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a message of another agent, once, whoever brings it how often. Refused: it is to be brought again later. That it is refused for good stands in
    /// the receipt.
    /// </summary>
    Task<Reply<MailTaken>> DeliverMail(DeliverMail request, CancellationToken cancellationToken);

    /// <summary>A run that brings the messages for one receiver, one after the other: what became of one, and which is the next.</summary>
    Task<Reply<MailWork>> ReportMail(ReportMail request, CancellationToken cancellationToken);

    /// <summary>Reads what has come or was sent, newest first.</summary>
    Task<Reply<MailPage>> ListMail(ListMail request, CancellationToken cancellationToken);

    /// <summary>Reads one message, and the answer to it when there is one.</summary>
    Task<Reply<MailItem>> GetMail(GetMail request, CancellationToken cancellationToken);

    /// <summary>Marks a received message as read, sends a dead one again, or gives up one that is under way.</summary>
    Task<Reply<MailItem>> ChangeMail(ChangeMail request, CancellationToken cancellationToken);

    /// <summary>Reads what the agent does with mail.</summary>
    Task<Reply<MailSettings>> GetMailPolicy(CancellationToken cancellationToken);

    /// <summary>Sets what the agent does with mail.</summary>
    Task<Reply<MailSettings>> SetMailPolicy(MailSettings request, CancellationToken cancellationToken);
}

/// <summary>Sends a message.</summary>
/// <param name="RequestId">The gateway's id of the request.</param>
/// <param name="IdempotencyKey">The caller's key, which then counts alone; null for none.</param>
/// <param name="To">The receivers, <c>{tenant}:{user}</c>, each gets the message.</param>
/// <param name="Content">The text.</param>
/// <param name="DeadlineSeconds">How long it may be under way; null: 24 hours.</param>
/// <param name="Budget">What the receiver may spend for it; null: nothing of the sender's.</param>
/// <param name="Turn">The turn that sends it, whose message's way it goes on; null: none.</param>
/// <param name="Topic">The topic it is sent to; null: to the receivers alone.</param>
/// <param name="InReplyToN">The number of the received message that it answers; null: none.</param>
public sealed record SendMail(
    string RequestId, string? IdempotencyKey, IReadOnlyList<string> To, string Content, int? DeadlineSeconds = null, MailBudget? Budget = null, string? Turn = null,
    string? Topic = null, long? InReplyToN = null);

/// <summary>Messages that were sent.</summary>
/// <param name="MessageIds">Their ids, in the order of their receivers.</param>
public sealed record SentMail(IReadOnlyList<string> MessageIds);

/// <summary>Money that goes with a message.</summary>
/// <param name="Asset"><c>USD</c>, or a token as CAIP-19.</param>
/// <param name="Amount">In atomic units, decimal text: what may be spent, or in an answer what was.</param>
public sealed record MailBudget(string Asset, string Amount);

/// <summary>A message that is brought.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">The sender.</param>
/// <param name="Generation">When the sender's numbers began, Unix milliseconds.</param>
/// <param name="N">The sender's number of it.</param>
/// <param name="Content">The text.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Deadline">From then on it is not taken.</param>
/// <param name="Via">The agents whose messages have led to it, the sender last.</param>
/// <param name="InReplyTo">The id of the message it answers, one of the receiver's; null: none.</param>
/// <param name="InReplyToN">The receiver's number of that.</param>
/// <param name="Failure">A refusal's code, when it says that there will be no answer.</param>
/// <param name="Topic">The topic it was sent to.</param>
/// <param name="Budget">What may be spent for it, or in an answer what was.</param>
public sealed record DeliverMail(
    string Id, string From, long Generation, long N, string Content, DateTimeOffset SentAt, DateTimeOffset Deadline, IReadOnlyList<string> Via, string? InReplyTo,
    long? InReplyToN, string? Failure, string? Topic, MailBudget? Budget);

/// <summary>What became of it.</summary>
/// <param name="IsToAnswer">The receiver will answer it, and say then what it has spent.</param>
/// <param name="Code">Why it is refused for good; null: it is taken.</param>
/// <param name="Detail">The same, for people.</param>
public sealed record MailTaken(bool IsToAnswer, string? Code = null, string? Detail = null);

/// <summary>What became of a message that was brought.</summary>
/// <param name="To">The receiver.</param>
/// <param name="N">The message's number; null: the run begins and has brought none.</param>
/// <param name="IsReached">The receiver has said what becomes of it, in <paramref name="Taken"/>; else it is tried again.</param>
/// <param name="Taken">What it has said.</param>
/// <param name="Code">Why it was not reached, or has no room.</param>
/// <param name="Detail">The same, for people.</param>
public sealed record ReportMail(string To, long? N, bool IsReached = false, MailTaken? Taken = null, string? Code = null, string? Detail = null);

/// <summary>What a run does next.</summary>
/// <param name="Next">The message to bring; null: the run is over.</param>
public sealed record MailWork(DeliverMail? Next);

/// <summary>Asks for messages.</summary>
/// <param name="IsSent">True for what was sent, false for what has come.</param>
/// <param name="Limit">1-100; fewer come when they are long.</param>
/// <param name="Before">Only those of smaller numbers; null: from the newest.</param>
public sealed record ListMail(bool IsSent, int Limit, long? Before);

/// <summary>Messages.</summary>
/// <param name="Messages">The newest first.</param>
/// <param name="NextBefore">Where the next page goes on; null: there is none.</param>
public sealed record MailPage(IReadOnlyList<MailItem> Messages, long? NextBefore);

/// <summary>A message of an inbox or outbox.</summary>
/// <param name="N">Its number there.</param>
/// <param name="Id">Its id.</param>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="Content">The text.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="State">One of <see cref="MailStates"/>.</param>
/// <param name="At">When it came, or was delivered, dead or discarded; null: it is under way.</param>
/// <param name="Deadline">Until when it may be under way; null: it has come.</param>
/// <param name="Via">The agents whose messages have led to it, the sender last.</param>
/// <param name="InReplyTo">The id of the message it answers.</param>
/// <param name="Topic">The topic it was sent to.</param>
/// <param name="Failure">A refusal's code, when it says that there will be no answer.</param>
/// <param name="Budget">What may be spent for it, or in an answer what was.</param>
/// <param name="Code">Why it is dead, is not answered, or was not delivered yet.</param>
/// <param name="Detail">The same, for people.</param>
/// <param name="SessionId">The session that it is answered in.</param>
/// <param name="TurnId">The turn that answers it.</param>
/// <param name="ReplyN">The number of the answer: of a message that was sent in the inbox, of one that has come in the outbox; null: there is none.</param>
/// <param name="ReplayedAs">The id of the message that was sent in its place.</param>
/// <param name="Reply">The answer, where one message was asked for.</param>
public sealed record MailItem(
    long N, string Id, string From, string To, string Content, DateTimeOffset SentAt, string State, DateTimeOffset? At, DateTimeOffset? Deadline, IReadOnlyList<string> Via,
    string? InReplyTo, string? Topic, string? Failure, MailBudget? Budget, string? Code, string? Detail, string? SessionId, string? TurnId, long? ReplyN, string? ReplayedAs,
    MailItem? Reply = null);

/// <summary>What became of messages.</summary>
public static class MailStates
{
    /// <summary>Sent: under way.</summary>
    public const string Pending = "pending";

    /// <summary>Sent: the receiver has it.</summary>
    public const string Delivered = "delivered";

    /// <summary>Sent: refused for good.</summary>
    public const string Dead = "dead";

    /// <summary>Sent: given up.</summary>
    public const string Discarded = "discarded";

    /// <summary>Come: for whoever reads the inbox.</summary>
    public const string Stored = "stored";

    /// <summary>Come: it is to be answered.</summary>
    public const string Waiting = "waiting";

    /// <summary>Come: a turn answers it.</summary>
    public const string Answering = "answering";

    /// <summary>Come: it was answered.</summary>
    public const string Answered = "answered";

    /// <summary>Come: it could not be answered.</summary>
    public const string Failed = "failed";

    /// <summary>Come: dealt with.</summary>
    public const string Read = "read";
}

/// <summary>Asks for one message.</summary>
/// <param name="IsSent">True for one that was sent.</param>
/// <param name="Id">Of one that was sent its id.</param>
/// <param name="N">Of one that has come its number.</param>
public sealed record GetMail(bool IsSent, string? Id = null, long N = 0);

/// <summary>Changes one message.</summary>
/// <param name="Does">One of <see cref="MailVerbs"/>.</param>
/// <param name="Id">Of one that was sent its id.</param>
/// <param name="N">Of one that has come its number.</param>
public sealed record ChangeMail(string Does, string? Id = null, long N = 0);

/// <summary>What is done with a message.</summary>
public static class MailVerbs
{
    /// <summary>Somebody has dealt with one that has come.</summary>
    public const string Read = "read";

    /// <summary>A dead one is sent again, as a new one, which is answered.</summary>
    public const string Replay = "replay";

    /// <summary>One that is under way is given up.</summary>
    public const string Discard = "discard";
}

/// <summary>What an agent does with mail.</summary>
/// <param name="Receive"><c>store</c>, <c>answer</c> or <c>ignore</c>; null: <c>store</c>.</param>
/// <param name="Allow">Who may send it something: <c>bob</c>, <c>bot-*</c>, <c>*</c>, <c>acme:*</c>; none: all of its tenant.</param>
/// <param name="Deny">Who may not.</param>
public sealed record MailSettings(string? Receive, IReadOnlyList<string>? Allow, IReadOnlyList<string>? Deny);
