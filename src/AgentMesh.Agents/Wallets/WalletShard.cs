using System.Collections.Immutable;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Wallets;

/// <summary>The part of a tenant's list of wallets whose users have the same <see cref="WalletTable.ShardOf"/>. State key <c>wallets:{n}</c>; not there while it is empty.</summary>
/// <param name="Entries">At most one for each user, by name.</param>
public sealed record WalletShard(ImmutableArray<WalletEntry> Entries)
{
    /// <summary>Nobody.</summary>
    public static WalletShard Empty { get; } = new(ImmutableArray<WalletEntry>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.WalletShard;

    /// <summary>The entry of a user; null when there is none.</summary>
    public WalletEntry? Find(string user) => Entries.FirstOrDefault(entry => entry.User == user);

    internal WalletShard With(WalletEntry entry) => Find(entry.User) is { } known
        ? this with { Entries = Entries.Replace(known, entry) }
        : this with { Entries = [.. Entries.Append(entry).OrderBy(one => one.User, StringComparer.Ordinal)] };

    internal WalletShard Without(WalletEntry entry) => this with { Entries = Entries.Remove(entry) };
}
