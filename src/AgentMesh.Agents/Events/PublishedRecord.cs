using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Events;

/// <summary>
/// How far the agent's events are published. State key <c>published</c>. Behind what is so, and never before it: whoever goes on from here repeats
/// events, and misses none.
/// </summary>
/// <param name="Generation">The agent's <see cref="AgentHead.CreatedAt"/>: after an erasure the numbers begin anew, and this one is of no use.</param>
/// <param name="Seq">Every event up to this one is published. A JSON integer below 2^48.</param>
public sealed record PublishedRecord(DateTimeOffset Generation, long Seq)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.PublishedRecord;

    /// <summary>How far the events of an agent with that head are published, as far as this is known.</summary>
    /// <param name="stored">What is stored; null when nothing is.</param>
    /// <param name="head">The head.</param>
    public static long SeqOf(PublishedRecord? stored, AgentHead head) =>
        // Beyond the head: the store was set back behind our back.
        stored?.Generation == head.CreatedAt ? Math.Min(stored.Seq, head.LastSeq) : 0;
}
