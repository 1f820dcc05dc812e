using System.Collections.Immutable;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Quarantine;

/// <summary>
/// A tenant's agents that were found damaged, for operators. State key <c>quarantined</c> of the tenant's actor; not there while there are none. It is not what
/// keeps such an agent from being used: its records are, each time it is called.
/// </summary>
/// <param name="Agents">The one that was found first is first.</param>
public sealed record QuarantinedAgents(ImmutableArray<QuarantinedAgent> Agents)
{
    /// <summary>Most agents of the list. Those that are found beyond it are only in the log.</summary>
    public const int MostAgents = 1000;

    /// <summary>Nobody.</summary>
    public static QuarantinedAgents Empty { get; } = new([]);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.QuarantinedAgents;

    /// <summary>Whether an agent is on it.</summary>
    public bool Has(string user) => Find(user) is not null;

    /// <summary>Whether there is no room for an agent.</summary>
    public bool IsFullFor(string user) => Agents.Length >= MostAgents && !Has(user);

    /// <summary>An agent is damaged. Found again it keeps its time, and has the newest reason.</summary>
    public QuarantinedAgents Note(string user, string reason, DateTimeOffset now)
    {
        if (Find(user) is { } known)
            return known.Reason == reason ? this : this with { Agents = Agents.Replace(known, known with { Reason = reason }) };
        return IsFullFor(user) ? this : this with { Agents = Agents.Add(new QuarantinedAgent(user, reason, now.WholeMilliseconds())) };
    }

    /// <summary>An agent is not damaged any more, or is no more.</summary>
    public QuarantinedAgents Release(string user) => Find(user) is { } known ? this with { Agents = Agents.Remove(known) } : this;

    /// <inheritdoc/>
    public bool Equals(QuarantinedAgents? other) => other is not null && Agents.SequenceEqual(other.Agents);

    /// <inheritdoc/>
    public override int GetHashCode() => Agents.Length;

    private QuarantinedAgent? Find(string user) => Agents.FirstOrDefault(agent => agent.User == user);
}

/// <summary>An agent that was found damaged.</summary>
/// <param name="User">Whose.</param>
/// <param name="Reason">What is damaged, for people.</param>
/// <param name="Since">When that was found first.</param>
public sealed record QuarantinedAgent(string User, string Reason, DateTimeOffset Since);
