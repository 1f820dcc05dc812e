using System.Collections.Immutable;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.DueWork;

/// <summary>
/// The part of a tenant's index of due work that one call needs: the head, and the shards of its users. Each verb is safe to repeat. An entry is
/// moved to an earlier time by whoever notes it; it is removed, or put off while it is to come, only by who has looked at the agent.
/// </summary>
/// <param name="Index">The head.</param>
/// <param name="Shards">The shards that were loaded, by number.</param>
public sealed record DueTable(DueIndex Index, ImmutableDictionary<int, DueShard> Shards)
{
    /// <summary>False: the user's shard is full, and noting it changes nothing.</summary>
    public bool HasRoomFor(string user) => ShardOf(user) is var shard && (shard.Find(user) is not null || shard.Entries.Length < DueLimits.EntriesPerShard);

    /// <summary>
    /// The agent has something to do at that time, and nothing before. Of two times to come the earlier one stands, because an older note may
    /// arrive later; one that has passed gives way, because an agent with something overdue notes nothing.
    /// </summary>
    public DueTable Note(string user, DateTimeOffset at, DateTimeOffset now)
    {
        at = at.WholeMilliseconds();
        var known = ShardOf(user).Find(user);
        var stands = known is not null && known.At > now && known.At <= at;
        return stands || !HasRoomFor(user) ? this : With(user, shard => shard.With(new DueEntry(user, at)));
    }

    /// <summary>The agent was looked at for that entry. One that was noted anew meanwhile stays.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="at">The entry's time when it was taken.</param>
    /// <param name="next">What the agent says comes next; null: nothing.</param>
    public DueTable Settle(string user, DateTimeOffset at, DateTimeOffset? next)
    {
        if (ShardOf(user).Find(user) is not { } known || known.At != at)
            return this;
        return next is { } later
            ? With(user, shard => shard.With(known with { At = later.WholeMilliseconds() }))
            : Forget(user);
    }

    /// <summary>The agent is no more.</summary>
    public DueTable Forget(string user) => ShardOf(user).Find(user) is { } known ? With(user, shard => shard.Without(known)) : this;

    private DueShard ShardOf(string user) => Shards[DueIndex.ShardOf(user)];

    private DueTable With(string user, Func<DueShard, DueShard> change)
    {
        var n = DueIndex.ShardOf(user);
        var shard = change(Shards[n]);
        return new DueTable(Index.With(n, shard.First), Shards.SetItem(n, shard));
    }
}
