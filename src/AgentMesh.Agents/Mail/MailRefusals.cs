using AgentMesh.Agents.Limits;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>Why the mailbox says no, in order of precedence. The codes are those of <c>AgentMesh.Contracts.Agents.MailCodes</c>; a test holds them together.</summary>
public static class MailRefusals
{
    /// <summary>No such message.</summary>
    public static Refusal MailNotFound { get; } = new("mail_not_found", "The agent has no such message, or does not keep it any more.");

    /// <summary>It is not dead, or has been replayed.</summary>
    public static Refusal MailNotDead { get; } = new("mail_not_dead", "Only a message that is dead can be sent again.");

    /// <summary>It is not under way.</summary>
    public static Refusal MailNotOpen { get; } = new("mail_not_open", "Only a message that is under way can be discarded.");

    /// <summary>Somebody has to see to it first.</summary>
    public static Refusal MailIsAnswered { get; } = new("mail_is_answered", "The agent is answering the message, or has answered it.");

    /// <summary>Not an agent, or the sender.</summary>
    public static Refusal InvalidRecipient { get; } = new(
        "invalid_recipient", $"A recipient is another agent: a user, or a tenant and a user with a colon between; at most {MailLimits.ReceiversAtOnce} of them.");

    /// <summary>Something else is wrong with it.</summary>
    /// <param name="what">What, a sentence without its end.</param>
    public static Refusal InvalidMail(string what) => new("invalid_mail", $"The message is invalid: {what}.");

    /// <summary>A policy that is none.</summary>
    /// <param name="what">What is wrong, a sentence without its end.</param>
    public static Refusal InvalidPolicy(string what) => new("invalid_mail_policy", $"The mail policy is invalid: {what}.");

    /// <summary>Not to this receiver.</summary>
    public static Refusal MailNotAllowed { get; } = new("mail_not_allowed", "The recipient does not take messages of this agent.");

    /// <summary>It has come by too many agents.</summary>
    /// <param name="most">By how many it may.</param>
    public static Refusal TooManyHops(int most) => new(
        "mail_too_many_hops", $"The message has come by {most} agents, which is as many as it may (AgentMesh__Mail__MaxHops): agents that answer each other would go on for ever.");

    /// <summary>Nobody took it in time.</summary>
    public static Refusal MailExpired { get; } = new("mail_expired", "The message's deadline is over, and the recipient has not taken it.");

    /// <summary>The sender's numbers have begun anew.</summary>
    public static Refusal MailOutdated { get; } = new("mail_outdated", "The recipient knows newer messages of this sender than of its present life; its clock may have been set back.");

    /// <summary>More than it may send.</summary>
    /// <param name="rate">What is left.</param>
    public static MailRateRefusal RateLimited(RateState rate) => new(
        "mail_rate_limited",
        $"The agent sends {rate.Rule.Permits} messages in {rate.Rule.Window.TotalSeconds:0} s (AgentMesh__Mail__RatePermits, AgentMesh__Mail__RateWindowSeconds); the next in {rate.ResetSeconds} s.",
        rate);

    /// <summary>As much under way as there may be.</summary>
    public static Refusal OutboxFull { get; } = new(
        "outbox_full", $"The agent has {MailLimits.Open} messages under way, or the oldest of {MailLimits.KeptSent} is; it sends the next when some are delivered.");

    /// <summary>No room at the receiver's. The sender's agent tries again.</summary>
    public static Refusal MailboxFull { get; } = new(
        "mailbox_full", "The recipient has no room for another message now: it has to answer, or its owner to read, those that are there.");
}
