namespace AgentMesh.Agents.Conversation;

/// <summary>Every maximum of a conversation, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class ConversationLimits
{
    /// <summary>Longest message of a caller, in bytes of UTF-8.</summary>
    public const int ContentBytes = 64 * 1024;

    /// <summary>A page closes at this many messages.</summary>
    public const int PageMessages = 16;

    /// <summary>A page closes at this many encoded bytes; a bigger message has a page of its own.</summary>
    public const int PageBytes = 16 * 1024;

    /// <summary>Requests of the gateway whose repeat is recognised by the head alone.</summary>
    public const int RecentRequests = 128;

    /// <summary>Unexpired idempotency keys of one agent.</summary>
    public const int IdempotencyKeys = 4096;

    /// <summary>
    /// Records the idempotency keys are spread over. Each costs its owner one read and one write of the bucket: with 16 a
    /// caller of a few hundred keys a day rewrites about 1 KB, one at the maximum of 4,096 about 17 KB (as much as a page),
    /// and an export or erasure has no more than 16 keys to visit.
    /// </summary>
    public const int IdempotencyBuckets = 16;

    /// <summary>Most messages a page of the history may have.</summary>
    public const int HistoryMessages = 1000;

    /// <summary>
    /// Most encoded bytes of a page of the history; it then ends early and <c>nextBefore</c> goes on. Half of what daprd
    /// lets through by default (4 MiB), because the reply is wrapped once more on its way.
    /// </summary>
    public const int HistoryBytes = 2 * 1024 * 1024;

    /// <summary>Pages of messages that one search looks through; <c>nextBefore</c> goes on behind them.</summary>
    public const int SearchPages = 128;

    /// <summary>Longest text to search for, UTF-16 units.</summary>
    public const int SearchCharacters = 256;

    /// <summary>How long an idempotency key is kept. At exactly this age it is forgotten.</summary>
    public static readonly TimeSpan IdempotencyKept = TimeSpan.FromHours(24);
}
