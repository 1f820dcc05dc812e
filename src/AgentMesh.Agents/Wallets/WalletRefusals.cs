using AgentMesh.Primitives;

namespace AgentMesh.Agents.Wallets;

/// <summary>Why wallets say no. The codes are those of <c>AgentMesh.Contracts.Agents.AgentRefusals</c>; a test holds them together.</summary>
public static class WalletRefusals
{
    /// <summary>No master key is there to encrypt or open a key with; nothing was stored.</summary>
    public static Refusal WalletUnavailable { get; } =
        new("wallet_unavailable", "The secret store with the wallets' master key was not reached. Nothing was stored.");

    /// <summary>The agent has no wallet, or is not there.</summary>
    public static Refusal WalletNotFound { get; } = new("wallet_not_found", "The agent has no wallet.");

    /// <summary>The wallet's master key is not in the secret any more. The wallet stays, and opens when the key is back.</summary>
    public static Refusal WalletKeyMissing(string? keyId) => new(
        "wallet_key_missing", $"The wallet is encrypted with the master key {keyId}, which is not in the secret. Put it back behind the newest one.");

    /// <summary>The stored key does not open under the master key it names: it was changed, or is another agent's.</summary>
    public static Refusal WalletDamaged { get; } = new("wallet_damaged", "The wallet's key does not open: the record was changed, or is another agent's.");

    /// <summary>Who holds the key did not sign. A signature that exists all the same was given to nobody, and expires.</summary>
    public static Refusal SigningFailed(string reason) => new("wallet_signing_failed", $"The wallet's provider did not sign. {reason}");
}
