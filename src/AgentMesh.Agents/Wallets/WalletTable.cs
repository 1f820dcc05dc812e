using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.Agents.Wallets;

/// <summary>The part of a tenant's list of wallets that one call needs: the head, and the shards of its users. Each verb is safe to repeat.</summary>
/// <param name="Index">The head.</param>
/// <param name="Shards">The shards that were loaded, by number.</param>
public sealed record WalletTable(WalletIndex Index, ImmutableDictionary<int, WalletShard> Shards)
{
    /// <summary>The shard of a user. Part of the layout in the store, so never changed.</summary>
    public static int ShardOf(string user) => SHA256.HashData(Encoding.UTF8.GetBytes(user))[0];

    /// <summary>False: the user's shard is full, and noting the wallet changes nothing.</summary>
    public bool HasRoomFor(string user) =>
        Shards[ShardOf(user)] is var shard && (shard.Find(user) is not null || shard.Entries.Length < WalletListLimits.EntriesPerShard);

    /// <summary>The wallet is encrypted with that master key.</summary>
    public WalletTable Note(string user, string keyId)
    {
        var known = Shards[ShardOf(user)].Find(user);
        if (known?.KeyId == keyId || !HasRoomFor(user))
            return this;
        var index = known is null ? Index : Index.Add(known.KeyId, -1);
        return With(user, index.Add(keyId, 1), shard => shard.With(new WalletEntry(user, keyId)));
    }

    /// <summary>The agent is no more.</summary>
    public WalletTable Forget(string user) => Shards[ShardOf(user)].Find(user) is { } known
        ? With(user, Index.Add(known.KeyId, -1), shard => shard.Without(known))
        : this;

    private WalletTable With(string user, WalletIndex index, Func<WalletShard, WalletShard> change)
    {
        var n = ShardOf(user);
        return new WalletTable(index, Shards.SetItem(n, change(Shards[n])));
    }
}
