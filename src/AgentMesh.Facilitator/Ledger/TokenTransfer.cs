using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Tokens;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.Facilitator.Ledger;

/// <summary>What a transaction changes. Nothing is read or written here.</summary>
internal static class TokenTransfer
{
    /// <summary>Keys to look at before <see cref="Settle"/>.</summary>
    public static string[] Keys(EvmNetwork network, EvmAddress token, TransferWithAuthorization authorization) =>
    [
        LedgerKeys.Authorization(network, token, authorization.From, authorization.Nonce),
        LedgerKeys.Balance(network, token, authorization.From),
        LedgerKeys.Balance(network, token, authorization.To),
    ];

    /// <summary>Executes an authorization whose signature and times are good.</summary>
    /// <returns>
    /// What to write; nothing when this very authorization was executed before. Refused with <see cref="X402Reasons.NonceAlreadyUsed"/>,
    /// <see cref="X402Reasons.InsufficientFunds"/> or <see cref="X402Reasons.InvalidTransactionState"/>.
    /// </returns>
    public static Result<IReadOnlyList<LedgerWrite>> Settle(
        LedgerView view, EvmAddress token, TransferWithAuthorization authorization, Bytes32 digest, Bytes32 transaction, DateTimeOffset now)
    {
        var key = LedgerKeys.Authorization(view.Network, token, authorization.From, authorization.Nonce);
        if (view.Find(key, LedgerJson.Default.AuthorizationRecord) is { } used)
        {
            return used.Digest == digest.ToString()
                ? Array.Empty<LedgerWrite>()
                : new Refusal(X402Reasons.NonceAlreadyUsed, "The nonce is used by another authorization.");
        }

        var (from, to, value) = (authorization.From, authorization.To, authorization.Value);
        var has = BalanceOf(view, token, from);
        if (has.Value < value.Value)
            return new Refusal(X402Reasons.InsufficientFunds, "authorization.from has less than authorization.value.");
        var record = new AuthorizationRecord(digest.ToString(), transaction.ToString());
        LedgerWrite[] once =
        [
            new(key, JsonSerializer.SerializeToElement(record, LedgerJson.Default.AuthorizationRecord), IsOnce: true),
            Transaction(view, transaction, now, token, from, to, value, authorization.Nonce),
            Block(view, transaction),
        ];
        // Paying oneself moves nothing, and uses the nonce all the same.
        if (from == to)
            return once;
        if (!UInt256.TryCreate(BalanceOf(view, token, to).Value + value.Value, out var grown))
            return Overflow;
        return (LedgerWrite[])[Balance(view, token, from, new UInt256(has.Value - value.Value)), Balance(view, token, to, grown), .. once];
    }

    /// <summary>Gives an account tokens that nobody had. Refused with <see cref="X402Reasons.InvalidTransactionState"/>.</summary>
    public static Result<IReadOnlyList<LedgerWrite>> Mint(LedgerView view, EvmAddress token, EvmAddress to, UInt256 value, Bytes32 transaction, DateTimeOffset now) =>
        UInt256.TryCreate(BalanceOf(view, token, to).Value + value.Value, out var grown)
            ? (LedgerWrite[])[Balance(view, token, to, grown), Transaction(view, transaction, now, token, EvmAddress.Zero, to, value, null), Block(view, transaction)]
            : Overflow;

    /// <summary>The hash of the transaction that executes an authorization: the same whoever executes it, and when.</summary>
    public static Bytes32 HashOf(EvmNetwork network, Bytes32 nonce, Bytes32 digest)
    {
        Span<byte> words = stackalloc byte[3 * Bytes32.Length];
        UInt256.FromUInt64(network.ChainId).CopyTo(words);
        nonce.CopyTo(words[Bytes32.Length..]);
        digest.CopyTo(words[(2 * Bytes32.Length)..]);
        return Keccak256.CalculateHash(words);
    }

    public static UInt256 BalanceOf(LedgerView view, EvmAddress token, EvmAddress owner) =>
        view.Find(LedgerKeys.Balance(view.Network, token, owner), LedgerJson.Default.BalanceRecord) is { } record ? UInt256.Parse(record.Amount) : default;

    private static Refusal Overflow => new(X402Reasons.InvalidTransactionState, "The payee would have more than a uint256 holds.");

    private static LedgerWrite Balance(LedgerView view, EvmAddress token, EvmAddress owner, UInt256 amount) => new(
        LedgerKeys.Balance(view.Network, token, owner),
        JsonSerializer.SerializeToElement(new BalanceRecord(amount.ToString(), view.Head.Block + 1), LedgerJson.Default.BalanceRecord), IsOnce: false);

    private static LedgerWrite Transaction(
        LedgerView view, Bytes32 hash, DateTimeOffset now, EvmAddress token, EvmAddress from, EvmAddress to, UInt256 value, Bytes32? nonce) => new(
        LedgerKeys.Transaction(view.Network, hash),
        JsonSerializer.SerializeToElement(
            new TransactionRecord(1, view.Head.Block + 1, now, token.ToString(), from.ToString(), to.ToString(), value.ToString(), nonce?.ToString()),
            LedgerJson.Default.TransactionRecord),
        IsOnce: true);

    private static LedgerWrite Block(LedgerView view, Bytes32 hash) => new(
        LedgerKeys.Block(view.Network, view.Head.Block + 1),
        JsonSerializer.SerializeToElement(new BlockRecord(hash.ToString()), LedgerJson.Default.BlockRecord), IsOnce: true);
}
