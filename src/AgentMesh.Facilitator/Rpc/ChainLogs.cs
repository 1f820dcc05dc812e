using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Tokens;
using AgentMesh.Facilitator.Ledger;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Rpc;

/// <summary><c>eth_getLogs</c>: a question for one authorization is looked up, any other goes through the blocks. Both are bounded as at providers.</summary>
internal sealed class ChainLogs(EvmNetwork network, TokenLedger ledger)
{
    /// <summary>Blocks of one question.</summary>
    internal const int MaxBlocks = 10_000;

    /// <summary>Logs of one answer: about 700 KiB, which our own client reads.</summary>
    internal const int MaxLogs = 1000;

    /// <summary>The logs, in their order.</summary>
    /// <exception cref="RpcException">There are too many, or they are not kept.</exception>
    public async Task<JsonArray> FindAsync(LogFilter filter, CancellationToken cancellationToken)
    {
        var newest = await ledger.GetBlockAsync(network, cancellationToken);
        var (first, last) = filter.BlockHash is { } hash ? NumberOf(hash, newest) : filter.RangeTo(newest);
        if (last - first >= MaxBlocks)
            throw new RpcException(RpcException.Server, $"exceed maximum block range: {MaxBlocks}");
        var found = new JsonArray();
        if (AuthorizationOf(filter) is var (token, authorizer, nonce))
        {
            if (await FindUsedAsync(token, authorizer, nonce, cancellationToken) is var (used, record) && record.Block >= first && record.Block <= last)
                Add(found, filter, used, record);
            return found;
        }

        // Nothing is in the block of number 0.
        for (var from = Math.Max(first, 1); from <= last; from += TokenLedger.MaxBlocksAtOnce)
        {
            var to = Math.Min(from + TokenLedger.MaxBlocksAtOnce - 1, last);
            var transactions = await ledger.FindTransactionsAsync(network, from, to, cancellationToken)
                ?? throw new RpcException(RpcException.Pruned, "pruned history unavailable");
            foreach (var (transaction, record) in transactions)
                Add(found, filter, transaction, record);
        }

        return found;
    }

    private void Add(JsonArray found, LogFilter filter, Bytes32 hash, TransactionRecord record)
    {
        foreach (var log in SimulatedLog.Of(record).Where(filter.Matches))
        {
            if (found.Count == MaxLogs)
                throw new RpcException(RpcException.LimitExceeded, $"query returned more than {MaxLogs} results");
            found.Add(RpcText.Log(network, hash, record, log));
        }
    }

    private async Task<(Bytes32 Hash, TransactionRecord Record)?> FindUsedAsync(
        EvmAddress token, EvmAddress authorizer, Bytes32 nonce, CancellationToken cancellationToken)
    {
        var (used, _) = await ledger.GetPayerAsync(network, token, authorizer, nonce, cancellationToken);
        if (used is null)
            return null;
        var hash = Bytes32.Parse(used.Transaction);
        return await ledger.FindTransactionAsync(network, hash, cancellationToken) is { } record
            ? (hash, record)
            : throw new LedgerUnavailableException("The transaction of a used authorization is not in the store.");
    }

    /// <summary>The authorization whose use is asked for, when it is one alone; else null.</summary>
    private static (EvmAddress Token, EvmAddress Authorizer, Bytes32 Nonce)? AuthorizationOf(LogFilter filter)
    {
        if (filter is not { Contracts: { Count: 1 } contracts, Topics: [{ Count: 1 } events, { Count: 1 } authorizers, { Count: 1 } nonces] }
            || events.Single() != Eip3009.AuthorizationUsedTopic)
        {
            return null;
        }

        var word = authorizers.Single().ToArray();
        const int Padding = Bytes32.Length - EvmAddress.Length;
        // A word that is no address is nobody's topic, and the blocks have no such log.
        return word.AsSpan(0, Padding).ContainsAnyExcept((byte)0) ? null : (contracts.Single(), new EvmAddress(word.AsSpan(Padding)), nonces.Single());
    }

    /// <summary>Hashes follow from numbers, so the number is found by trying.</summary>
    private (long First, long Last) NumberOf(Bytes32 hash, long newest)
    {
        for (var number = newest; number >= 0 && number > newest - MaxBlocks; number--)
        {
            if (RpcText.BlockHash(network, number) == hash)
                return (number, number);
        }

        throw new RpcException(RpcException.Server, "unknown block");
    }
}
