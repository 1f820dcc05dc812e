using AgentMesh.Primitives;

namespace AgentMesh.Agents.Topics;

/// <summary>
/// Places of a topic that are kept for agents about to join, so that an agent that would begin with it does not begin for a topic that others fill meanwhile.
/// In memory, by the one activation of the topic's actor: what is lost with it is the promise, and a join is then refused as any other. Not thread-safe.
/// </summary>
public sealed class TopicReservations
{
    /// <summary>How long a place is kept: longer than the calls of a join take.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    /// <summary>Keeps a place; again for another <see cref="Lifetime"/> where one is kept. A member needs none.</summary>
    /// <returns>Why not; null: it is kept.</returns>
    public Refusal? Reserve(TopicMembers members, UserId user, DateTimeOffset now)
    {
        if (members.Has(user))
            return null;
        if (WhyNotJoin(members, user, now) is { } refusal)
            return refusal;
        _until[user.ToString()] = now + Lifetime;
        return null;
    }

    /// <summary>Why an agent may not join: there are as many members as fit, or those places that are left are kept for others.</summary>
    /// <returns>Null: it may, or is a member.</returns>
    public Refusal? WhyNotJoin(TopicMembers members, UserId user, DateTimeOffset now)
    {
        foreach (var over in _until.Where(kept => kept.Value <= now).Select(kept => kept.Key).ToList())
            _until.Remove(over);
        var others = _until.Count - (_until.ContainsKey(user.ToString()) ? 1 : 0);
        return members.Has(user) || members.Users.Length + others < TopicLimits.Members ? null : TopicRefusals.TopicFull;
    }

    /// <summary>The agent has joined, or leaves.</summary>
    public void End(UserId user) => _until.Remove(user.ToString());
}
