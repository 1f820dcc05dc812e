using AgentMesh.Primitives;

namespace AgentMesh.Agents.Wallets;

/// <summary>Why wallets say no. The codes are those of <c>AgentMesh.Contracts.Agents.AgentRefusals</c>; a test holds them together.</summary>
public static class WalletRefusals
{
    /// <summary>No master key is there to encrypt the agent's key with; nothing was stored.</summary>
    public static Refusal WalletUnavailable { get; } =
        new("wallet_unavailable", "The agent gets its wallet with its first message, and the secret store with the master key was not reached. Nothing was stored.");
}
