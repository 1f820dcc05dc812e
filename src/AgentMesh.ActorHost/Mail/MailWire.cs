using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Mail;

/// <summary>Messages as they go between agents and to those who ask for them.</summary>
internal static class MailWire
{
    /// <summary>A message to be brought.</summary>
    public static DeliverMail ToDelivery(string agent, AgentHead head, long n, OutMail mail) => new(
        mail.Id, agent, head.CreatedAt.ToUnixTimeMilliseconds(), n, mail.Content, mail.At, mail.Deadline, mail.Via, mail.InReplyTo?.Id, mail.InReplyTo?.N, mail.Failure, mail.Topic,
        ToBudget(mail.Funds));

    /// <summary>A message that is brought.</summary>
    public static IncomingMail Read(DeliverMail mail) => new(
        mail.Id, mail.From, mail.Generation, mail.N, mail.Content, mail.SentAt, mail.Deadline, [.. mail.Via],
        mail is { InReplyTo: { } id, InReplyToN: { } n } ? new MailReference(id, n) : null, mail.Failure, mail.Topic,
        mail.Budget is { } budget ? MailFunds.Create(budget.Asset, budget.Amount).Value : null);

    public static MailItem ToItem(string agent, long n, OutMail mail) => new(
        n, mail.Id, agent, mail.To, mail.Content, mail.At, StateOf(mail.State), mail.SettledAt, mail.Deadline, mail.Via, mail.InReplyTo?.Id, mail.Topic, mail.Failure,
        ToBudget(mail.Funds), mail.Reason?.Code, mail.Reason?.Detail, null, null, mail.Reply,
        mail.ReplayedAs is { } replay ? MailId.Of(replay, "replay:" + mail.Id, null) : null);

    public static MailItem ToItem(string agent, long n, InMail mail) => new(
        n, mail.Id, mail.From, agent, mail.Content, mail.SentAt, StateOf(mail.State), mail.At, null, mail.Via, mail.InReplyTo?.Id, mail.Topic, mail.Failure, ToBudget(mail.Funds),
        mail.Reason?.Code, mail.Reason?.Detail, mail.Session, mail.Turn is { } turn ? TurnId.Of(turn) : null, mail.Reply, null);

    public static MailSettings ToSettings(MailPolicy? policy)
    {
        policy ??= MailPolicy.Default;
        return new MailSettings(
            policy.Receive switch { MailReceipt.Answer => "answer", MailReceipt.Ignore => "ignore", _ => "store" }, policy.Allow, policy.Deny);
    }

    private static MailBudget? ToBudget(MailFunds? funds) => funds is null ? null : new MailBudget(funds.Asset, Amounts.ToText(funds.Amount));

    private static string StateOf(OutMailState state) => state switch
    {
        OutMailState.Pending => MailStates.Pending,
        OutMailState.Delivered => MailStates.Delivered,
        OutMailState.Dead => MailStates.Dead,
        _ => MailStates.Discarded,
    };

    private static string StateOf(InMailState state) => state switch
    {
        InMailState.Stored => MailStates.Stored,
        InMailState.Waiting => MailStates.Waiting,
        InMailState.Answering => MailStates.Answering,
        InMailState.Answered => MailStates.Answered,
        InMailState.Failed => MailStates.Failed,
        _ => MailStates.Read,
    };
}
