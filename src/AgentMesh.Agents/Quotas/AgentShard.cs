using System.Collections.Immutable;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Quotas;

/// <summary>The part of a tenant's list of agents whose users have the same <see cref="AgentTable.ShardOf"/>. State key <c>agents:{n}</c>; not there while it is empty.</summary>
/// <param name="Entries">At most one for each user, by name.</param>
public sealed record AgentShard(ImmutableArray<AgentEntry> Entries)
{
    /// <summary>Nobody.</summary>
    public static AgentShard Empty { get; } = new(ImmutableArray<AgentEntry>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.AgentShard;

    /// <summary>The entry of a user; null when there is none.</summary>
    public AgentEntry? Find(string user) => Entries.FirstOrDefault(entry => entry.User == user);

    internal AgentShard With(AgentEntry entry) => Find(entry.User) is { } known
        ? this with { Entries = Entries.Replace(known, entry) }
        : this with { Entries = [.. Entries.Append(entry).OrderBy(one => one.User, StringComparer.Ordinal)] };

    internal AgentShard Without(AgentEntry entry) => this with { Entries = Entries.Remove(entry) };
}
