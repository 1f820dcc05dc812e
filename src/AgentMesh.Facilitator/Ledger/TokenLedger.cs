using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Ledger;

/// <summary>Who has what of which token on the simulated chains, and what has moved.</summary>
internal sealed partial class TokenLedger(Journal journal, TimeProvider time, ILogger<TokenLedger> logger) : IDisposable
{
    /// <summary>Each means that another process has written in between, or that the store failed.</summary>
    private const int MaxAttempts = 10;

    /// <summary>Blocks that are looked up with one read of the store.</summary>
    internal const int MaxBlocksAtOnce = 500;

    // Of this process one writes at a time; others would be refused by the head's ETag.
    private readonly SemaphoreSlim _writing = new(1, 1);

    public void Dispose() => _writing.Dispose();

    /// <summary>Moves what a payment is for, once.</summary>
    /// <param name="payment">Its signature and times have been found good.</param>
    /// <param name="digest">What was signed.</param>
    /// <param name="cancellationToken">Gives up; what is written by then stays.</param>
    /// <returns>The hash of the transaction, the same for each repeat; else why nothing has moved.</returns>
    public async Task<Result<string>> SettleAsync(ExactEvmPayment payment, Bytes32 digest, CancellationToken cancellationToken)
    {
        var (network, token, authorization) = (payment.Network, payment.Asset, payment.Authorization);
        var transaction = TokenTransfer.HashOf(network, authorization.Nonce, digest);
        return await WriteAsync(
            network, TokenTransfer.Keys(network, token, authorization), transaction,
            view => TokenTransfer.Settle(view, token, authorization, digest, transaction, Now()), cancellationToken);
    }

    /// <summary>Gives tokens that nobody had.</summary>
    /// <param name="network">The chain.</param>
    /// <param name="token">The contract.</param>
    /// <param name="to">Who gets them.</param>
    /// <param name="value">Atomic units.</param>
    /// <param name="id">Of this gift: the same one is given once.</param>
    /// <param name="idempotencyKey">What the caller called it; null: nothing.</param>
    /// <param name="cancellationToken">Gives up; what is written by then stays.</param>
    /// <returns>The gift as it was given; an earlier one when the key was used before.</returns>
    public async Task<Result<GiftRecord>> GiveAsync(
        EvmNetwork network, EvmAddress token, EvmAddress to, UInt256 value, Bytes32 id, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var transaction = Keccak256.CalculateHash(id.ToArray());
        var gift = new GiftRecord(token.ToString(), to.ToString(), value.ToString(), transaction.ToString());
        var keys = new List<string> { LedgerKeys.Balance(network, token, to), LedgerKeys.Transaction(network, transaction) };
        var giftKey = idempotencyKey is null ? null : LedgerKeys.Gift(network, idempotencyKey);
        if (giftKey is not null)
            keys.Add(giftKey);
        GiftRecord? earlier = null;
        var written = await WriteAsync(network, keys, transaction, Mint, cancellationToken);
        return written.IsRefused ? written.Refusal : earlier ?? gift;

        Result<IReadOnlyList<LedgerWrite>> Mint(LedgerView view)
        {
            earlier = giftKey is null ? null : view.Find(giftKey, LedgerJson.Default.GiftRecord);
            if (earlier is not null || view.Has(LedgerKeys.Transaction(network, transaction)))
                return Array.Empty<LedgerWrite>();
            var writes = TokenTransfer.Mint(view, token, to, value, transaction, Now());
            return writes.IsRefused || giftKey is null
                ? writes
                : (LedgerWrite[])[.. writes.Value, new(giftKey, JsonSerializer.SerializeToElement(gift, LedgerJson.Default.GiftRecord), IsOnce: true)];
        }
    }

    /// <summary>What an account has.</summary>
    public async Task<UInt256> GetBalanceAsync(EvmNetwork network, EvmAddress token, EvmAddress owner, CancellationToken cancellationToken) =>
        TokenTransfer.BalanceOf(await journal.ReadAsync(network, [LedgerKeys.Balance(network, token, owner)], forWriting: false, cancellationToken), token, owner);

    /// <summary>Whether the nonce is used, and what the account has, as of one moment.</summary>
    public async Task<(AuthorizationRecord? Used, UInt256 Balance)> GetPayerAsync(
        EvmNetwork network, EvmAddress token, EvmAddress owner, Bytes32 nonce, CancellationToken cancellationToken)
    {
        var key = LedgerKeys.Authorization(network, token, owner, nonce);
        var view = await journal.ReadAsync(network, [key, LedgerKeys.Balance(network, token, owner)], forWriting: false, cancellationToken);
        return (view.Find(key, LedgerJson.Default.AuthorizationRecord), TokenTransfer.BalanceOf(view, token, owner));
    }

    /// <summary>A transaction; null when there is none of that hash.</summary>
    public async Task<TransactionRecord?> FindTransactionAsync(EvmNetwork network, Bytes32 hash, CancellationToken cancellationToken)
    {
        var key = LedgerKeys.Transaction(network, hash);
        return (await journal.ReadAsync(network, [key], forWriting: false, cancellationToken)).Find(key, LedgerJson.Default.TransactionRecord);
    }

    /// <summary>The number of the newest block.</summary>
    public async Task<long> GetBlockAsync(EvmNetwork network, CancellationToken cancellationToken) =>
        (await journal.ReadAsync(network, [], forWriting: false, cancellationToken)).Head.Block;

    /// <summary>The transactions of some blocks, by rising number.</summary>
    /// <param name="network">The chain.</param>
    /// <param name="first">The first block, 1 or later.</param>
    /// <param name="last">The last block, no later than the newest; at most <see cref="MaxBlocksAtOnce"/> of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the ledger has not kept which transactions those are: it was written by a version before there were lists of them.</returns>
    public async Task<IReadOnlyList<(Bytes32 Hash, TransactionRecord Record)>?> FindTransactionsAsync(
        EvmNetwork network, long first, long last, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(last - first, MaxBlocksAtOnce - 1);
        var blocks = Enumerable.Range(0, (int)(last - first) + 1).Select(n => LedgerKeys.Block(network, first + n)).ToArray();
        var view = await journal.ReadAsync(network, blocks, forWriting: false, cancellationToken);
        var hashes = blocks.Select(block => view.Find(block, LedgerJson.Default.BlockRecord)).OfType<BlockRecord>().Select(block => Bytes32.Parse(block.Transaction)).ToArray();
        if (hashes.Length < blocks.Length)
            return null;
        var keys = hashes.Select(hash => LedgerKeys.Transaction(network, hash)).ToArray();
        view = await journal.ReadAsync(network, keys, forWriting: false, cancellationToken);
        return [.. hashes.Select((hash, n) => (hash, view.Find(keys[n], LedgerJson.Default.TransactionRecord)
            ?? throw new LedgerUnavailableException("A transaction that a block has is not in the store.")))];
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    private async Task<Result<string>> WriteAsync(
        EvmNetwork network, IReadOnlyCollection<string> keys, Bytes32 transaction, Func<LedgerView, Result<IReadOnlyList<LedgerWrite>>> decide, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var view = await journal.ReadAsync(network, keys, forWriting: true, cancellationToken);
                var writes = decide(view);
                if (writes.IsRefused)
                    return writes.Refusal;
                // Nothing to write: it is there, of an earlier call or of an attempt whose answer was lost.
                if (writes.Value.Count == 0)
                    return transaction.ToString();
                if (!await journal.TryCommitAsync(view, writes.Value, cancellationToken))
                    continue;
                LogMoved(network.ToString(), transaction.ToString(), view.Head.Block + 1);
                return transaction.ToString();
            }
        }
        finally
        {
            _writing.Release();
        }

        throw new LedgerUnavailableException("Each time another process had written in between, or the store had failed.");
    }

    [LoggerMessage(1, LogLevel.Information, "Simulated transaction {Transaction} on {Network}, block {Block}")]
    private partial void LogMoved(string network, string transaction, long block);
}
