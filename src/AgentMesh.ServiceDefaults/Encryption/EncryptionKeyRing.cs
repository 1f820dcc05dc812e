using AgentMesh.ServiceDefaults.Secrets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ServiceDefaults.Encryption;

/// <summary>The master keys that the keys of stored records are derived from.</summary>
/// <param name="options">Where they are.</param>
/// <param name="secrets">Reads them.</param>
/// <param name="time">The clock.</param>
public sealed class EncryptionKeyRing(EncryptionOptions options, SecretReader secrets, TimeProvider time)
    : MasterKeyRing(options.KeysSecret, EncryptionOptions.Variable(nameof(EncryptionOptions.KeysSecret)), secrets, time)
{
    /// <inheritdoc/>
    protected override MasterKeysException Fault(string why, bool isFinal, Exception? inner) => new EncryptionKeysException(why, isFinal, inner);
}

/// <summary>A stored record is encrypted, or is to be, and its master key is not there. It is as it was, and opens when the key is back. The text has nothing of a key.</summary>
/// <param name="why">A sentence.</param>
/// <param name="isFinal">Asking again does not help.</param>
/// <param name="inner">The fault.</param>
public sealed class EncryptionKeysException(string why, bool isFinal, Exception? inner) : MasterKeysException(why, isFinal, inner);

/// <summary>Without a master key where one is named the app ends.</summary>
internal sealed class EncryptionKeysCheck(
    EncryptionOptions options, EncryptionKeyRing keys, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<EncryptionKeysCheck> logger)
    : MasterKeysCheck(keys, "Stored messages", "AgentMesh__Encryption__Tenants=none with no AgentMesh__Encryption__KeysSecret", options.IsOn, lifetime, time, logger);
