using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Usage;

/// <summary>
/// Who looks at the agent how often. State key <c>usage</c>, written from memory every few minutes and when the agent leaves it: what was not
/// written when a process dies is lost, and may be.
/// </summary>
/// <param name="LastSeen">The last read.</param>
/// <param name="Reads">Reads of the agent, its history, its events and its sessions. A JSON integer below 2^48.</param>
public sealed record UsageRecord(DateTimeOffset LastSeen, long Reads)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.UsageRecord;

    /// <summary>One more read.</summary>
    /// <param name="earlier">Those before; null: none.</param>
    /// <param name="now">The time.</param>
    public static UsageRecord Seen(UsageRecord? earlier, DateTimeOffset now) => new(now.WholeMilliseconds(), (earlier?.Reads ?? 0) + 1);

    /// <summary>What is stored and what came since together. The later time counts: clocks of two processes differ.</summary>
    /// <param name="stored">What is stored; null when nothing is.</param>
    /// <param name="since">What came since; null: nothing.</param>
    public static UsageRecord? Together(UsageRecord? stored, UsageRecord? since) =>
        stored is null || since is null
            ? stored ?? since
            : stored with { LastSeen = stored.LastSeen > since.LastSeen ? stored.LastSeen : since.LastSeen, Reads = stored.Reads + since.Reads };
}
