using System.Security.Cryptography;
using AgentMesh.ActorHost.Secrets;
using AgentMesh.Agents.Wallets;
using AgentMesh.Evm.Signing;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>Makes wallets. The master keys are read once and kept in memory; no key leaves this folder in clear.</summary>
internal sealed class AgentWallets(WalletOptions options, SecretReader secrets) : IDisposable
{
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private volatile MasterKeys? _masters;

    /// <summary>Agents have wallets.</summary>
    public bool AreMade => options.Provider == WalletProviders.Local;

    /// <summary>A new wallet for an agent that has none. Nothing is stored yet.</summary>
    /// <exception cref="WalletKeysException">There is no master key, or it was not reached.</exception>
    public async ValueTask<WalletRecord> CreateAsync(string agentId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var masters = await GetMastersAsync(cancellationToken);
        using var key = EvmKey.Create(_random);
        return new WalletRecord(WalletProviders.Local, key.Address.ToString(), masters.CurrentId, SealedKey.Seal(key, agentId, masters), now);
    }

    /// <summary>The master keys.</summary>
    /// <exception cref="WalletKeysException">There are none, or they were not reached.</exception>
    public async ValueTask<MasterKeys> GetMastersAsync(CancellationToken cancellationToken)
    {
        if (_masters is { } known)
            return known;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return _masters ??= await ReadAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose()
    {
        _reading.Dispose();
        _random.Dispose();
    }

    private async Task<MasterKeys> ReadAsync(CancellationToken cancellationToken)
    {
        if (!SecretPlace.TryParse(options.KeysSecret, out var place))
            throw new WalletKeysException($"{WalletOptions.Variable(nameof(WalletOptions.KeysSecret))} names no place of a secret.", isFinal: true, null);
        try
        {
            if (await secrets.ReadAsync(place, cancellationToken) is not { } secret)
                throw new WalletKeysException($"The secret store '{place.Store}' has no secret '{place.Name}' with the wallets' master key.", isFinal: true, null);
            return MasterKeys.TryParse(secret, out var masters)
                ? masters
                : throw new WalletKeysException(
                    $"The secret '{place.Name}' of '{place.Store}' is no list of {MasterKeys.KeyBytes} bytes in base64, the newest first, with commas between.", isFinal: true, null);
        }
        catch (SecretUnreadableException unreadable)
        {
            throw new WalletKeysException($"The secret store '{place.Store}' was not reached.", isFinal: false, unreadable);
        }
    }
}

/// <summary>There is no master key for wallets. The text has nothing of a key.</summary>
/// <param name="why">A sentence.</param>
/// <param name="isFinal">Asking again does not help.</param>
/// <param name="inner">The fault.</param>
internal sealed class WalletKeysException(string why, bool isFinal, Exception? inner) : Exception(why, inner)
{
    /// <summary>Asking again does not help.</summary>
    public bool IsFinal => isFinal;
}
