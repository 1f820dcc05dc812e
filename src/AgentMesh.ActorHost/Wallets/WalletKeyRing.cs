using AgentMesh.ServiceDefaults.Secrets;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>The master keys that wallets' keys are encrypted with.</summary>
internal sealed class WalletKeyRing(WalletOptions options, SecretReader secrets, TimeProvider time)
    : MasterKeyRing(options.KeysSecret, WalletOptions.Variable(nameof(WalletOptions.KeysSecret)), secrets, time)
{
    protected override MasterKeysException Fault(string why, bool isFinal, Exception? inner) => new WalletKeysException(why, isFinal, inner);
}

/// <summary>There is no master key for wallets. The text has nothing of a key.</summary>
/// <param name="why">A sentence.</param>
/// <param name="isFinal">Asking again does not help.</param>
/// <param name="inner">The fault.</param>
internal sealed class WalletKeysException(string why, bool isFinal, Exception? inner) : MasterKeysException(why, isFinal, inner);
