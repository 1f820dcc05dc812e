namespace AgentMesh.Contracts.Agents;

/// <summary>Refusal codes of the mailbox, in order of precedence. Documented in <c>docs/refusals.md</c>.</summary>
public static class MailCodes
{
    /// <summary>No such message.</summary>
    public const string MailNotFound = "mail_not_found";

    /// <summary>Only a dead message can be sent again.</summary>
    public const string MailNotDead = "mail_not_dead";

    /// <summary>Only a message that is under way can be discarded.</summary>
    public const string MailNotOpen = "mail_not_open";

    /// <summary>The agent is answering it.</summary>
    public const string MailIsAnswered = "mail_is_answered";

    /// <summary>Not an agent, or the sender itself.</summary>
    public const string InvalidRecipient = "invalid_recipient";

    /// <summary>The deadline or the budget of a message is none.</summary>
    public const string InvalidMail = "invalid_mail";

    /// <summary>A mail policy that is none.</summary>
    public const string InvalidMailPolicy = "invalid_mail_policy";

    /// <summary>The recipient does not take messages of this agent.</summary>
    public const string MailNotAllowed = "mail_not_allowed";

    /// <summary>The message has come by as many agents as it may.</summary>
    public const string MailTooManyHops = "mail_too_many_hops";

    /// <summary>The message's deadline is over. A dead message's reason.</summary>
    public const string MailExpired = "mail_expired";

    /// <summary>The sender was erased, and its numbers are behind those the recipient knows. A dead message's reason.</summary>
    public const string MailOutdated = "mail_outdated";

    /// <summary>More messages in the window than an agent sends.</summary>
    public const string MailRateLimited = "mail_rate_limited";

    /// <summary>As many messages under way as there may be.</summary>
    public const string OutboxFull = "outbox_full";

    /// <summary>The recipient has no room now. Its sender's agent tries again.</summary>
    public const string MailboxFull = "mailbox_full";

    /// <summary>The recipient's agent could not be reached. Its sender's agent tries again.</summary>
    public const string RecipientUnreached = "recipient_unreached";
}
