using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.Agents.Quotas;

/// <summary>The part of a tenant's list of agents that one call needs: the head, and the shards of its users. Each verb is safe to repeat.</summary>
/// <param name="Index">The head.</param>
/// <param name="Shards">The shards that were loaded, by number.</param>
public sealed record AgentTable(AgentIndex Index, ImmutableDictionary<int, AgentShard> Shards)
{
    /// <summary>The shard of a user. Part of the layout in the store, so never changed.</summary>
    public static int ShardOf(string user) => BinaryPrimitives.ReadUInt16BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(user))) % AgentListLimits.Shards;

    /// <summary>False: the user's shard is full, and noting the agent changes nothing.</summary>
    public bool HasRoomFor(string user) =>
        Shards[ShardOf(user)] is var shard && (shard.Find(user) is not null || shard.Entries.Length < AgentListLimits.EntriesPerShard);

    /// <summary>The agent is there, and its messages take so much.</summary>
    public AgentTable Note(string user, long bytes)
    {
        var known = Shards[ShardOf(user)].Find(user);
        if (known?.Bytes == bytes || !HasRoomFor(user))
            return this;
        var index = Index with { Agents = Index.Agents + (known is null ? 1 : 0), Bytes = Index.Bytes + bytes - (known?.Bytes ?? 0) };
        return With(user, index, shard => shard.With(new AgentEntry(user, bytes)));
    }

    /// <summary>The agent is no more.</summary>
    public AgentTable Forget(string user) => Shards[ShardOf(user)].Find(user) is { } known
        ? With(user, Index with { Agents = Index.Agents - 1, Bytes = Index.Bytes - known.Bytes }, shard => shard.Without(known))
        : this;

    private AgentTable With(string user, AgentIndex index, Func<AgentShard, AgentShard> change)
    {
        var n = ShardOf(user);
        var shard = change(Shards[n]);
        return new AgentTable(index.With(n, !shard.Entries.IsEmpty), Shards.SetItem(n, shard));
    }
}
