using System.Security.Cryptography;
using AgentMesh.Agents.Wallets;
using AgentMesh.Evm.Signing;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>Makes wallets, opens their keys and encrypts them anew. No key leaves this folder in clear.</summary>
internal sealed class AgentWallets(WalletOptions options, WalletKeyRing keys) : IDisposable
{
    private const int RequestKeyBytes = 16;

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    /// <summary>Agents have wallets.</summary>
    public bool AreMade => options.Provider != WalletProviders.None;

    /// <summary>Their keys are encrypted here.</summary>
    public bool AreSealed => options.Provider == WalletProviders.Local;

    /// <summary>The newest master key's id, as far as it is in memory.</summary>
    public string? CurrentKeyId => keys.Known?.CurrentId;

    /// <summary>Keys of wallets may be encrypted with older master keys.</summary>
    public bool MayBeOutdated => keys.Known is { HasRetired: true };

    /// <summary>A new wallet for an agent that has none. Nothing is stored yet, and nobody was asked: one at a provider has no address yet.</summary>
    /// <exception cref="WalletKeysException">There is no master key, or it was not reached.</exception>
    public async ValueTask<WalletRecord> CreateAsync(string agentId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (options.Provider == WalletProviders.Crossmint)
            return new WalletRecord(WalletProviders.Crossmint, null, null, null, now, RequestKey: NewRequestKey());
        var masters = await keys.GetAsync(cancellationToken);
        using var key = EvmKey.Create(_random);
        return new WalletRecord(
            WalletProviders.Local, key.Address.ToString(), masters.CurrentId, SealedKey.Seal(key, agentId, masters), now,
            Gift: options.HasStartingMoney ? WalletGifts.Pending : null);
    }

    /// <summary>The key of a wallet, to be disposed of after its use.</summary>
    /// <returns>Refused with <see cref="WalletRefusals.WalletKeyMissing"/> or <see cref="WalletRefusals.WalletDamaged"/>; there is never another key in its place.</returns>
    /// <exception cref="WalletKeysException">There is no master key, or it was not reached.</exception>
    public async ValueTask<Result<EvmKey>> OpenAsync(string agentId, WalletRecord wallet, CancellationToken cancellationToken)
    {
        if (wallet is not { Address: { } address, KeyId: { } keyId, SealedKey: { } sealedKey })
            return WalletRefusals.WalletNotFound;
        var masters = await keys.GetAsync(keyId, cancellationToken);
        if (!masters.Has(keyId))
            return WalletRefusals.WalletKeyMissing(keyId);
        return SealedKey.Open(sealedKey, agentId, address, keyId, masters) is { } key ? key : WalletRefusals.WalletDamaged;
    }

    /// <summary>The wallet with its key encrypted with the newest master key; the same object when it is so already, or the key is not here.</summary>
    /// <param name="agentId">Whose.</param>
    /// <param name="wallet">As it is stored.</param>
    /// <param name="newest">The newest master key as far as another knows; null: as far as this process knows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Refused as <see cref="OpenAsync"/>.</returns>
    /// <exception cref="WalletKeysException">There is no master key, or it was not reached.</exception>
    public async ValueTask<Result<WalletRecord>> SealAsync(string agentId, WalletRecord wallet, string? newest, CancellationToken cancellationToken)
    {
        // Of wallets from before another provider was chosen there may be no keys here.
        if (wallet.KeyId is null || options.KeysSecret is null)
            return wallet;
        var masters = newest is null ? await keys.GetAsync(cancellationToken) : await keys.GetAsync(newest, cancellationToken);
        if (wallet.KeyId == masters.CurrentId)
            return wallet;
        var opened = await OpenAsync(agentId, wallet, cancellationToken);
        if (opened.IsRefused)
            return opened.Refusal;
        using var key = opened.Value;
        // To open it the keys may have been read again.
        masters = await keys.GetAsync(cancellationToken);
        return wallet with { KeyId = masters.CurrentId, SealedKey = SealedKey.Seal(key, agentId, masters) };
    }

    /// <summary>The newest master key's id, read anew.</summary>
    /// <returns>Null where keys are not encrypted here.</returns>
    /// <exception cref="WalletKeysException">There is no master key, or it was not reached.</exception>
    public async Task<string?> ReadCurrentKeyIdAsync(CancellationToken cancellationToken) =>
        AreSealed ? (await keys.RefreshAsync(cancellationToken)).CurrentId : null;

    public void Dispose() => _random.Dispose();

    // Random, and not of the agent's name: another mesh with the same account has agents of the same names, and the name is nobody's business.
    private string NewRequestKey()
    {
        Span<byte> key = stackalloc byte[RequestKeyBytes];
        _random.GetBytes(key);
        return $"agentmesh-{Convert.ToHexStringLower(key)}";
    }
}
