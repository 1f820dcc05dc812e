using System.Collections.Concurrent;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Tokens;
using AgentMesh.Payments.Chain;
using AgentMesh.X402.Networks;

namespace AgentMesh.Payments.Balances;

/// <summary>
/// What accounts have, read from the chain's node and kept for some seconds. One question at a time for an account, and a node that is away is left
/// alone for the same seconds, so that nobody waits longer than the time-out and few wait at all.
/// </summary>
internal sealed class BalanceReader(ChainNode node, TimeProvider time)
{
    /// <summary>For a balance, all questions together.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(1500);

    /// <summary>How old a balance may be.</summary>
    internal static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    /// <summary>Accounts that are kept.</summary>
    private const int MaxKept = 10_000;

    private static readonly Balance NotConfigured = new(null, BalanceReasons.NotConfigured);

    private readonly EvmRpcClient? _node = node.Connect(new EvmRpcOptions());
    private readonly ConcurrentDictionary<(TokenAsset Asset, EvmAddress Owner), Reading> _kept = new();

    /// <summary>The chain of the node, which stays the same.</summary>
    private ulong? _chainId;

    /// <summary>Reads it.</summary>
    /// <param name="asset">The token.</param>
    /// <param name="owner">Whose.</param>
    /// <param name="cancellationToken">Ends the wait; others may still wait for the same.</param>
    public Task<Balance> ReadAsync(TokenAsset asset, EvmAddress owner, CancellationToken cancellationToken)
    {
        if (_node is not { } chain)
            return Task.FromResult(NotConfigured);
        var key = (asset, owner);
        if (_kept.TryGetValue(key, out var kept) && IsFresh(kept))
            return kept.Balance.WaitAsync(cancellationToken);
        MakeRoom();
        var reading = new Reading(time.GetTimestamp(), AskAsync(chain, asset, owner));
        // Of two at the same moment both ask; the later answer stays.
        _kept[key] = reading;
        return reading.Balance.WaitAsync(cancellationToken);
    }

    private bool IsFresh(Reading reading) => !reading.Balance.IsCompleted || time.GetElapsedTime(reading.BegunAt) < Age;

    private void MakeRoom()
    {
        if (_kept.Count < MaxKept)
            return;
        foreach (var (key, reading) in _kept)
        {
            if (!IsFresh(reading))
                _kept.TryRemove(key, out _);
        }

        if (_kept.Count >= MaxKept)
            _kept.Clear();
    }

    private async Task<Balance> AskAsync(EvmRpcClient chain, TokenAsset asset, EvmAddress owner)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        try
        {
            _chainId ??= await chain.GetChainIdAsync(timeout.Token);
            if (_chainId != asset.Network.ChainId)
                return new Balance(null, BalanceReasons.NodeOfAnotherChain);
            var word = await chain.CallAsync(asset.Address, Erc20.BalanceOf(owner), BlockParameter.Latest, timeout.Token);
            return new AbiReader(word).TryReadUInt256(0, out var amount) ? new Balance(amount.ToString(), null) : new Balance(null, BalanceReasons.NodeFailed);
        }
        catch (OperationCanceledException)
        {
            return new Balance(null, BalanceReasons.NodeTimedOut);
        }
        catch (EvmRpcException fault)
        {
            return new Balance(null, fault.Failure is EvmRpcFailure.Unreachable ? BalanceReasons.NodeUnreachable : BalanceReasons.NodeFailed);
        }
    }

    private sealed record Reading(long BegunAt, Task<Balance> Balance);
}
