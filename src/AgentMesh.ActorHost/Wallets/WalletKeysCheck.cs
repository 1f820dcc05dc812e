using AgentMesh.ServiceDefaults.Secrets;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>Without a master key for its wallets the app ends.</summary>
internal sealed class WalletKeysCheck(
    AgentWallets wallets, WalletKeyRing keys, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WalletKeysCheck> logger)
    : MasterKeysCheck(keys, "Wallets", "AgentMesh__Wallets__Provider=none", wallets.AreSealed, lifetime, time, logger);
