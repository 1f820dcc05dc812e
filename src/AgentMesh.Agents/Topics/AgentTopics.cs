using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Topics;

/// <summary>
/// The topics an agent has joined, for its owner and for the erasure. State key <c>topics</c>; not there while there are none. It is written before a topic
/// is joined and after it is left, so an agent is a member of no topic that is not here; whatever is cut off in between, a repeat mends it.
/// </summary>
/// <param name="All">In the order they were joined.</param>
public sealed record AgentTopics(ImmutableArray<JoinedTopic> All)
{
    /// <summary>None.</summary>
    public static AgentTopics Empty { get; } = new([]);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.AgentTopics;

    /// <summary>Notes a topic, or that it is left. A repeat changes nothing.</summary>
    /// <param name="head">The agent's head; <see cref="AgentHead.Unborn"/> for an agent never written to.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="isLeft">It is left.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public Result<TopicsChange> Note(AgentHead head, TopicName topic, bool isLeft, long epoch, DateTimeOffset now)
    {
        if (StoredConversation.CheckHead(head) is { } damaged)
            return damaged;
        var known = All.FirstOrDefault(joined => joined.Name == topic.ToString());
        // Of a list that was stored without its head nobody would know.
        if (known is not null == !isLeft && head.Epoch != 0)
            return new TopicsChange(this, null);
        if (known is null && !isLeft && All.Length >= TopicLimits.TopicsOfAnAgent)
            return TopicRefusals.TooManyTopics;
        now = now.WholeMilliseconds();
        var after = isLeft ? All.RemoveAll(joined => joined == known) : known is null ? All.Add(new JoinedTopic(topic.ToString(), now)) : All;
        return new TopicsChange(this with { All = after }, new AgentChange(head with { Epoch = epoch, LastActive = now }));
    }

    /// <inheritdoc/>
    public bool Equals(AgentTopics? other) => other is not null && All.SequenceEqual(other.All);

    /// <inheritdoc/>
    public override int GetHashCode() => All.Length;
}

/// <summary>A topic that an agent has joined.</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">When.</param>
public sealed record JoinedTopic(string Name, DateTimeOffset At);

/// <summary>Topics to store, in one transaction.</summary>
/// <param name="Topics">The topics.</param>
/// <param name="Agent">The agent's other records; null: nothing has changed.</param>
public sealed record TopicsChange(AgentTopics Topics, AgentChange? Agent);
