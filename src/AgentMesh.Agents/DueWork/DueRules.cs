using AgentMesh.Agents.Conversation;

namespace AgentMesh.Agents.DueWork;

/// <summary>What an agent tells the index of due work, and when.</summary>
/// <param name="Interval">Time between two sweeps. What is due sooner than this stands in the index this far from now: until then it is the reminders' business, and a busy agent is noted once in this time.</param>
/// <param name="Grace">How long a sweep leaves to the reminders what is due.</param>
public sealed record DueRules(TimeSpan Interval, TimeSpan Grace)
{
    /// <summary>By then a sweep has looked at the agent, or its entry is not there.</summary>
    private TimeSpan Patience => Grace + 2 * Interval;

    /// <summary>True when the agent has to do nothing.</summary>
    public static bool HasNothingDue(AgentHead head) => !head.HasWork && head.NextDue is null;

    /// <summary>When the index is to know of the agent; null: it has nothing to do.</summary>
    public DateTimeOffset? NextOf(AgentHead head, DateTimeOffset now)
    {
        if (HasNothingDue(head))
            return null;
        var soon = now + Interval;
        return head.HasWork || head.NextDue < soon ? soon : head.NextDue;
    }

    /// <summary>What to note; null: nothing, because the index knows enough.</summary>
    /// <param name="head">The agent's head.</param>
    /// <param name="noted">What was noted last; null when that is not known.</param>
    /// <param name="now">The time.</param>
    public DateTimeOffset? ToNote(AgentHead head, DateTimeOffset? noted, DateTimeOffset now)
    {
        if (NextOf(head, now) is not { } next)
            return null;
        // What is overdue is left for the sweep to find: noted anew by every call, it would be put off for ever.
        var isOverdue = head.HasWork || head.NextDue <= now;
        return noted <= next && (noted > now || isOverdue && now < noted + Patience) ? null : next;
    }
}
