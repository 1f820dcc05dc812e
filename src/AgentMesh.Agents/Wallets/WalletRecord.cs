using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Wallets;

/// <summary>
/// An agent's wallet. State key <c>wallet</c>, stored in one transaction with the agent's first write and never replaced: money sent to an address
/// whose key is gone is gone too. The head knows the address.
/// </summary>
/// <param name="Provider">Who holds the key, one of <see cref="WalletProviders"/>.</param>
/// <param name="Address">The account's address, <c>0x</c> and 40 hex digits with the checksum of EIP-55; null while the provider has not said it.</param>
/// <param name="KeyId">The master key that the key is encrypted with; null when the provider holds the key.</param>
/// <param name="SealedKey">The private key, encrypted for this agent and this address, never in clear anywhere; null when the provider holds it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RequestKey">What the provider knows it by: the same one makes the same wallet. Null for keys of our own.</param>
/// <param name="Gift">Its starting money, one of <see cref="WalletGifts"/>; null: none is due.</param>
/// <param name="ListedKeyId">The <see cref="KeyId"/> that the tenant's list of wallets has it under; null: it is not in it.</param>
public sealed record WalletRecord(
    string Provider, string? Address, string? KeyId, string? SealedKey, DateTimeOffset CreatedAt, string? RequestKey = null, string? Gift = null,
    string? ListedKeyId = null)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.WalletRecord;

    /// <summary>Others are to be told or asked: the provider for an address, the faucet for money, the tenant's list for a line.</summary>
    [JsonIgnore]
    public bool HasErrand => Address is null || Gift == WalletGifts.Pending || ListedKeyId != KeyId;

    /// <summary>An errand has brought something. Safe to repeat: what is known stays.</summary>
    /// <param name="address">The address, from the provider.</param>
    /// <param name="gift">What became of the starting money.</param>
    /// <param name="listedKeyId">What the tenant's list has it under now.</param>
    public WalletRecord Note(string? address, string? gift, string? listedKeyId) => this with
    {
        Address = Address ?? address,
        Gift = Gift == WalletGifts.Pending && gift is not null ? gift : Gift,
        ListedKeyId = listedKeyId ?? ListedKeyId,
    };
}

/// <summary>Who holds the keys of wallets.</summary>
public static class WalletProviders
{
    /// <summary>The mesh itself, encrypted under a master key of a secret store.</summary>
    public const string Local = "local";

    /// <summary>Crossmint, over its REST API.</summary>
    public const string Crossmint = "crossmint";

    /// <summary>Nobody: agents have no wallets.</summary>
    public const string None = "none";
}

/// <summary>What became of a wallet's starting money.</summary>
public static class WalletGifts
{
    /// <summary>It is asked for until the faucet answers.</summary>
    public const string Pending = "pending";

    /// <summary>It was given.</summary>
    public const string Done = "done";

    /// <summary>The faucet says no, and would again.</summary>
    public const string Refused = "refused";
}
