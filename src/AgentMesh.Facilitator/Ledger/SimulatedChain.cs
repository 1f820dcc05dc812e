using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Ledger;

/// <summary>
/// A simulated chain, for the verification of one payment: nonce and balance are read together and once. There is no code on it, so
/// accounts are keys, and signatures of contracts are not taken.
/// </summary>
internal sealed class SimulatedChain(EvmNetwork network, TokenLedger ledger) : IExactEvmChain
{
    private (EvmAddress Asset, EvmAddress Owner, UInt256 Balance)? _read;

    public EvmNetwork Network => network;

    public Task<bool> HasCodeAsync(EvmAddress account, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> IsValidSignatureAsync(EvmAddress account, Bytes32 hash, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken) =>
        Task.FromResult(false);

    public async Task<bool> IsAuthorizationUsedAsync(EvmAddress asset, EvmAddress authorizer, Bytes32 nonce, CancellationToken cancellationToken)
    {
        var (used, balance) = await ledger.GetPayerAsync(network, asset, authorizer, nonce, cancellationToken);
        _read = (asset, authorizer, balance);
        return used is not null;
    }

    public async Task<UInt256> GetBalanceAsync(EvmAddress asset, EvmAddress owner, CancellationToken cancellationToken) =>
        _read is { } read && read.Asset == asset && read.Owner == owner ? read.Balance : await ledger.GetBalanceAsync(network, asset, owner, cancellationToken);
}
