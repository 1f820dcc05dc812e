using System.Collections.Immutable;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Wallets;

/// <summary>The head of a tenant's list of wallets: how many are encrypted with which master key. State key <c>wallets</c>; not there while there are none.</summary>
/// <param name="Counts">One for each master key that is in use, in the order they came.</param>
public sealed record WalletIndex(ImmutableArray<WalletKeyCount> Counts)
{
    /// <summary>No wallets.</summary>
    public static WalletIndex Empty { get; } = new(ImmutableArray<WalletKeyCount>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.WalletIndex;

    /// <summary>Wallets under other master keys than this one.</summary>
    public int CountBeside(string keyId) => Counts.Where(count => count.KeyId != keyId).Sum(count => count.Wallets);

    internal WalletIndex Add(string keyId, int wallets)
    {
        var known = Counts.FirstOrDefault(count => count.KeyId == keyId);
        if (known is null)
            return this with { Counts = Counts.Add(new WalletKeyCount(keyId, wallets)) };
        return known.Wallets + wallets == 0
            ? this with { Counts = Counts.Remove(known) }
            : this with { Counts = Counts.Replace(known, known with { Wallets = known.Wallets + wallets }) };
    }
}

/// <summary>How many wallets a master key encrypts.</summary>
/// <param name="KeyId">Which master key.</param>
/// <param name="Wallets">A JSON integer: bounded by the list.</param>
public sealed record WalletKeyCount(string KeyId, int Wallets);
