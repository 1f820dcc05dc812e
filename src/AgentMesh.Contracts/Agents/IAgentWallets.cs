using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>An agent's wallet, for those who run errands for it. Keys are in none of these messages.</summary>
public interface IAgentWallets : IActor
{
    /// <summary>
    /// Encrypts the wallet's key with the newest master key, if it is not already. Refused with <c>wallet_not_found</c>, <c>wallet_key_missing</c>,
    /// <c>wallet_damaged</c> or <c>wallet_unavailable</c>; the wallet stays as it was then.
    /// </summary>
    Task<Reply<SealedWallet>> SealWallet(SealWallet request, CancellationToken cancellationToken);

    /// <summary>An errand is over. Refused with <c>wallet_not_found</c> when it was not this wallet's.</summary>
    Task<Reply<SealedWallet>> NoteWallet(NoteWallet request, CancellationToken cancellationToken);
}

/// <summary>Asks for a wallet's key to be encrypted.</summary>
/// <param name="KeyId">The newest master key, as far as the caller knows: an older one is not the answer.</param>
public sealed record SealWallet(string KeyId);

/// <summary>What an errand has brought. What is null it was not for.</summary>
/// <param name="RequestKey">What the provider knows the wallet by; null for keys of our own.</param>
/// <param name="Address">The wallet's address.</param>
/// <param name="Gift">What became of its starting money: <c>done</c> or <c>refused</c>.</param>
/// <param name="ListedKeyId">The master key that the tenant's list has it under.</param>
public sealed record NoteWallet(string? RequestKey, string Address, string? Gift, string? ListedKeyId);

/// <summary>A wallet.</summary>
/// <param name="Address">Its address.</param>
/// <param name="KeyId">The master key that its key is encrypted with; null when its provider has the key.</param>
public sealed record SealedWallet(string Address, string? KeyId);
