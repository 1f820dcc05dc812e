namespace AgentMesh.Agents.Wallets;

/// <summary>Every maximum of a tenant's list of wallets, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class WalletListLimits
{
    /// <summary>Shards of a list. Part of the layout in the store, so never changed.</summary>
    public const int Shards = 256;

    /// <summary>Wallets in one shard. Those beyond it are not in the list, and are encrypted anew by their agents only.</summary>
    public const int EntriesPerShard = 1024;

    /// <summary>Wallets that one call notes: each may be in a shard of its own, and all of them are one transaction.</summary>
    public const int Batch = 32;

    /// <summary>Wallets that one call hands out.</summary>
    public const int TakenAtOnce = 128;
}
