using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Mail;

/// <summary>What the event log has of mail: ids and names, never the text.</summary>
internal static class MailFacts
{
    /// <summary>A message was sent.</summary>
    internal static FactEntry Sent(OutMail mail, DateTimeOffset now) => FactEntry.Of(
        SessionNames.Default, now, FactTypes.Mail,
        ("mail", mail.Id), ("status", "sent"), ("to", mail.To), ("topic", mail.Topic), ("inReplyTo", mail.InReplyTo?.Id), ("code", mail.Failure),
        ("asset", mail.Funds?.Asset), ("amount", AmountOf(mail.Funds)));

    /// <summary>A message was delivered, is dead, or was discarded.</summary>
    internal static FactEntry Settled(OutMail mail, DateTimeOffset now) => FactEntry.Of(
        SessionNames.Default, now, FactTypes.Mail,
        ("mail", mail.Id), ("status", mail.State switch { OutMailState.Delivered => "delivered", OutMailState.Dead => "dead", _ => "discarded" }), ("to", mail.To),
        ("code", mail.State == OutMailState.Dead ? mail.Reason?.Code : null));

    /// <summary>A message has come.</summary>
    internal static FactEntry Received(InMail mail, DateTimeOffset now) => FactEntry.Of(
        SessionNames.Default, now, FactTypes.Mail,
        ("mail", mail.Id), ("status", "received"), ("from", mail.From), ("topic", mail.Topic), ("inReplyTo", mail.InReplyTo?.Id), ("code", mail.Failure),
        ("asset", mail.Funds?.Asset), ("amount", AmountOf(mail.Funds)));

    /// <summary>A turn answers a message.</summary>
    internal static FactEntry Answering(InMail mail, string session, long turn, DateTimeOffset now) => FactEntry.Of(
        session, now, FactTypes.Mail, ("mail", mail.Id), ("status", "answering"), ("from", mail.From), ("turn", TurnId.Of(turn)));

    private static string? AmountOf(MailFunds? funds) => funds is null ? null : Amounts.ToText(funds.Amount);
}
