using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Networks;

namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>
/// Looks on the chain for what became of an authorization: a transaction in which the token says that it was used and that the money went to the payee,
/// or that it was canceled; or, when it can no more be executed, that it was not used. A used nonce alone proves nothing: a payer can cancel.
/// </summary>
public sealed class ChainLook : IDisposable
{
    /// <summary>
    /// How far back transactions are looked for: what providers serve at once, and five hours of a chain with blocks of two seconds. Looks begin
    /// within seconds.
    /// </summary>
    private const ulong Blocks = 9_000;

    private readonly HttpClient? _http;
    private readonly EvmRpcClient? _node;
    private readonly TimeProvider _time;

    /// <summary>Looks by a node.</summary>
    /// <param name="node">With <c>eth_getLogs</c>; null: there is none, and nothing is ever known.</param>
    /// <param name="time">Tells what has expired.</param>
    public ChainLook(EvmRpcClient? node, TimeProvider time) => (_node, _time) = (node, time);

    /// <summary>Looks by a node at an URL, with a client of its own.</summary>
    /// <inheritdoc cref="ChainLook(EvmRpcClient?, TimeProvider)"/>
    public ChainLook(Uri? node, TimeProvider time)
    {
        _time = time;
        if (node is null)
            return;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
        _node = new EvmRpcClient(_http, node, new EvmRpcOptions(), time);
    }

    /// <inheritdoc/>
    public void Dispose() => _http?.Dispose();

    /// <summary>Looks. Without a node, and for another chain than the node's, nothing is known.</summary>
    /// <param name="transfer">What was to be paid.</param>
    /// <param name="transaction">The transaction that somebody named; null: nobody did.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EvmRpcException">The node does not say.</exception>
    public async Task<SettleVerdict> LookAsync(AuthorizedTransfer transfer, string? transaction, CancellationToken cancellationToken)
    {
        if (_node is not { } node)
            return Unknown("No node of the chain is configured.");
        if (new EvmNetwork(await node.GetChainIdAsync(cancellationToken).ConfigureAwait(false)) != transfer.Network)
            return Unknown("The configured node is of another chain.");
        if (Bytes32.TryParse(transaction, out var named) && await IsPaidByAsync(node, transfer, named, cancellationToken).ConfigureAwait(false))
            return new SettleVerdict(SettleOutcome.Settled, named.ToString());
        // Read before the state: what is valid at this time can still be executed after it.
        var hasExpired = transfer.HasExpired(_time.GetUtcNow());
        if (!await IsUsedAsync(node, transfer, cancellationToken).ConfigureAwait(false))
        {
            return hasExpired
                ? new SettleVerdict(SettleOutcome.Failed, null, SellerCodes.AuthorizationExpired, "The authorization has expired without having been executed.")
                : Unknown("The authorization has not been executed yet, and still can be.");
        }

        foreach (var used in await FindAsync(node, transfer, Eip3009.AuthorizationUsedTopic, cancellationToken).ConfigureAwait(false))
        {
            if (await IsPaidByAsync(node, transfer, used, cancellationToken).ConfigureAwait(false))
                return new SettleVerdict(SettleOutcome.Settled, used.ToString());
        }

        return (await FindAsync(node, transfer, Eip3009.AuthorizationCanceledTopic, cancellationToken).ConfigureAwait(false)).Count > 0
            ? new SettleVerdict(SettleOutcome.Failed, null, SellerCodes.AuthorizationCanceled, "The payer has canceled the authorization.")
            : Unknown("The authorization was used, in no transaction that the node still finds.");
    }

    private static SettleVerdict Unknown(string detail) => new(SettleOutcome.Unknown, null, SellerCodes.PaymentUnknown, detail);

    private static async Task<bool> IsUsedAsync(EvmRpcClient node, AuthorizedTransfer transfer, CancellationToken cancellationToken)
    {
        var state = await node.CallAsync(transfer.Asset, Eip3009.AuthorizationState(transfer.From, transfer.Nonce), BlockParameter.Latest, cancellationToken).ConfigureAwait(false);
        return new AbiReader(state).TryReadBool(0, out var used) ? used : throw new InvalidDataException("The contract is no token with EIP-3009.");
    }

    private static async Task<IReadOnlyList<Bytes32>> FindAsync(EvmRpcClient node, AuthorizedTransfer transfer, Bytes32 topic, CancellationToken cancellationToken)
    {
        var last = await node.GetBlockNumberAsync(cancellationToken).ConfigureAwait(false);
        var first = BlockParameter.Of(last > Blocks ? last - Blocks : 0);
        return await node.FindTransactionsAsync(transfer.Asset, [topic, WordOf(transfer.From), transfer.Nonce], first, BlockParameter.Latest, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the transaction used this authorization and brought the amount to the payee. A receipt that says success is not yet a payment.</summary>
    private static async Task<bool> IsPaidByAsync(EvmRpcClient node, AuthorizedTransfer transfer, Bytes32 transaction, CancellationToken cancellationToken)
    {
        var receipt = await node.GetTransactionReceiptAsync(transaction, cancellationToken).ConfigureAwait(false);
        if (receipt is not { Succeeded: true })
            return false;
        var used = new AuthorizationUsed(transfer.Asset, transfer.From, transfer.Nonce);
        var paid = new Erc20Transfer(transfer.Asset, transfer.From, transfer.To, transfer.Value);
        return receipt.Logs.Any(log => AuthorizationUsed.TryRead(log) == used) && receipt.Logs.Any(log => Erc20Transfer.TryRead(log) == paid);
    }

    private static Bytes32 WordOf(EvmAddress address)
    {
        Span<byte> word = stackalloc byte[Bytes32.Length];
        address.CopyTo(word[(Bytes32.Length - EvmAddress.Length)..]);
        return new Bytes32(word);
    }
}
