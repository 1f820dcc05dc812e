using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Wallets;

/// <summary>
/// An agent's wallet. State key <c>wallet</c>, stored in one transaction with the agent's first write and never replaced: money sent to an address
/// whose key is gone is gone too. The head knows the address.
/// </summary>
/// <param name="Provider">Who holds the key, one of <see cref="WalletProviders"/>.</param>
/// <param name="Address">The account's address, <c>0x</c> and 40 hex digits with the checksum of EIP-55.</param>
/// <param name="KeyId">The master key that the key is encrypted with.</param>
/// <param name="SealedKey">The private key, encrypted for this agent and this address; never in clear anywhere.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record WalletRecord(string Provider, string Address, string KeyId, string SealedKey, DateTimeOffset CreatedAt)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.WalletRecord;
}

/// <summary>Who holds the keys of wallets.</summary>
public static class WalletProviders
{
    /// <summary>The mesh itself, encrypted under a master key of a secret store.</summary>
    public const string Local = "local";

    /// <summary>Nobody: agents have no wallets.</summary>
    public const string None = "none";
}
