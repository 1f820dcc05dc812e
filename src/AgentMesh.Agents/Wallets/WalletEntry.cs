namespace AgentMesh.Agents.Wallets;

/// <summary>A wallet of the tenant whose key is encrypted here.</summary>
/// <param name="User">Whose.</param>
/// <param name="KeyId">The master key that it is encrypted with, as far as the list knows.</param>
public sealed record WalletEntry(string User, string KeyId);
