namespace AgentMesh.Agents.Mail;

/// <summary>Every maximum of the mailbox, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class MailLimits
{
    /// <summary>Messages an agent has sent that are neither delivered nor dead. Answers to others' mail come on top: one for each that it answers.</summary>
    public const int Open = 256;

    /// <summary>Messages that one call sends, one to each receiver.</summary>
    public const int ReceiversAtOnce = 200;

    /// <summary>Most bytes of one request's texts as they are stored, in JSON, all receivers together: they are one transaction, and Dapr takes 4 MiB.</summary>
    public const int SentBytes = 2 * 1024 * 1024;

    /// <summary>Sent messages that are kept, each a record of its own. The oldest goes for a new one, unless it is open, or its money is.</summary>
    public const int KeptSent = 1024;

    /// <summary>Received messages that are kept, each a record of its own. The oldest goes for a new one when somebody has dealt with it; until then nothing more is taken.</summary>
    public const int KeptReceived = 1024;

    /// <summary>Received messages that wait to be answered, or whose turns are not over.</summary>
    public const int ToAnswer = 64;

    /// <summary>Answers under way to one agent. One that takes them no more is answered no more, until it does.</summary>
    public const int AnswersToOne = 64;

    /// <summary>Received messages that one tick begins to answer, or sends the answers of; the rest follow with the next.</summary>
    public const int AnswersAtOnce = 8;

    /// <summary>Messages to other receivers whose lines one tick has run again; the rest follow with the next.</summary>
    public const int LinesAtOnce = 64;

    /// <summary>Records that remember up to where the mail of each sender was taken.</summary>
    public const int SenderBuckets = 16;

    /// <summary>Senders that one of them remembers; the record has 37 bytes of each.</summary>
    public const int SendersPerBucket = 256;

    /// <summary>Longest name in a message's way, UTF-16 units: two names of 64 and a colon.</summary>
    public const int NameCharacters = 129;

    /// <summary>Most agents that a message may have come by, whatever is configured.</summary>
    public const int MaxHops = 32;

    /// <summary>Patterns of a policy's allow list, and of its deny list.</summary>
    public const int Patterns = 64;

    /// <summary>Most messages a page of an inbox or outbox may have.</summary>
    public const int PageMessages = 100;

    /// <summary>Most bytes of text such a page has, as JSON; it then ends early.</summary>
    public const int PageBytes = 1024 * 1024;

    /// <summary>How long a message may be under way at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>
    /// How long it is remembered up to where a sender's mail was taken: twice as long as a message may be under way, so that no repeat is taken for another.
    /// </summary>
    public static readonly TimeSpan SendersKept = TimeSpan.FromHours(48);

    /// <summary>How long after the deadline of a message nobody will say any more what its receiver has spent for it: the turn that answers it is over long before.</summary>
    public static readonly TimeSpan FundsKept = TimeSpan.FromHours(2);

    /// <summary>The first pause after a receiver could not be reached; doubled each time, up to <see cref="LongestPause"/>.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
}
