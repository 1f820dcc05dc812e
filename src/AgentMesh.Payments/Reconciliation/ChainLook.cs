using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Tokens;
using AgentMesh.Payments.Chain;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;

namespace AgentMesh.Payments.Reconciliation;

/// <summary>
/// Looks on the chain for what became of an authorization: a transaction in which the token says that it was used and that the money went to the payee,
/// or that it was canceled; or, when it can no more be executed, that it was not used. A used nonce alone proves nothing: a payer can cancel.
/// </summary>
internal sealed class ChainLook
{
    /// <summary>
    /// How far back transactions are looked for: what providers serve at once, and five hours of a chain with blocks of two seconds. Looks begin
    /// within seconds.
    /// </summary>
    private const ulong Blocks = 9_000;

    /// <summary>After <c>validBefore</c>, for our clock and the chain's, and for a newest block that is replaced.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(60);

    private readonly EvmRpcClient? _node;
    private readonly TimeProvider _time;

    public ChainLook(ChainNode node, TimeProvider time)
    {
        _node = node.Connect(new EvmRpcOptions());
        _time = time;
    }

    /// <summary>Whether nobody can execute the authorization any more, whatever clock they have.</summary>
    public static bool HasExpired(PaymentTerms terms, DateTimeOffset now) =>
        now > (terms.ValidBefore < DateTimeOffset.MaxValue - Slack ? terms.ValidBefore + Slack : terms.ValidBefore);

    /// <summary>Looks. Without a node, and for another chain than the node's, nothing is known.</summary>
    /// <param name="terms">What was to be paid.</param>
    /// <param name="transaction">The transaction that somebody named; null: nobody did.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EvmRpcException">The node does not say.</exception>
    public async Task<SettleVerdict> LookAsync(PaymentTerms terms, string? transaction, CancellationToken cancellationToken)
    {
        if (_node is not { } node)
            return Unknown("No node of the chain is configured.");
        if (new EvmNetwork(await node.GetChainIdAsync(cancellationToken)).ToString() != terms.Network)
            return Unknown("The configured node is of another chain.");
        if (Bytes32.TryParse(transaction, out var named) && await IsPaidByAsync(node, terms, named, cancellationToken))
            return new SettleVerdict(SettleOutcome.Settled, named.ToString());
        var asset = EvmAddress.Parse(terms.Asset);
        var payer = EvmAddress.Parse(terms.Payer);
        var nonce = Bytes32.Parse(terms.Nonce);
        // Read before the state: what is valid at this time can still be executed after it.
        var hasExpired = HasExpired(terms, _time.GetUtcNow());
        if (!await IsUsedAsync(node, asset, payer, nonce, cancellationToken))
        {
            return hasExpired
                ? new SettleVerdict(SettleOutcome.Failed, null, PaymentRefusals.AuthorizationExpired, "The authorization has expired without having been executed.")
                : Unknown("The authorization has not been executed yet, and still can be.");
        }

        foreach (var used in await FindAsync(node, asset, Eip3009.AuthorizationUsedTopic, payer, nonce, cancellationToken))
        {
            if (await IsPaidByAsync(node, terms, used, cancellationToken))
                return new SettleVerdict(SettleOutcome.Settled, used.ToString());
        }

        return (await FindAsync(node, asset, Eip3009.AuthorizationCanceledTopic, payer, nonce, cancellationToken)).Count > 0
            ? new SettleVerdict(SettleOutcome.Failed, null, PaymentRefusals.AuthorizationCanceled, "The payer has canceled the authorization.")
            : Unknown("The authorization was used, in no transaction that the node still finds.");
    }

    private static SettleVerdict Unknown(string detail) => new(SettleOutcome.Unknown, null, PaymentRefusals.PaymentUnknown, detail);

    private static async Task<bool> IsUsedAsync(EvmRpcClient node, EvmAddress asset, EvmAddress payer, Bytes32 nonce, CancellationToken cancellationToken)
    {
        var state = await node.CallAsync(asset, Eip3009.AuthorizationState(payer, nonce), BlockParameter.Latest, cancellationToken);
        return new AbiReader(state).TryReadBool(0, out var used) ? used : throw new InvalidDataException("The contract is no token with EIP-3009.");
    }

    private static async Task<IReadOnlyList<Bytes32>> FindAsync(
        EvmRpcClient node, EvmAddress asset, Bytes32 topic, EvmAddress payer, Bytes32 nonce, CancellationToken cancellationToken)
    {
        var last = await node.GetBlockNumberAsync(cancellationToken);
        var first = BlockParameter.Of(last > Blocks ? last - Blocks : 0);
        return await node.FindTransactionsAsync(asset, [topic, WordOf(payer), nonce], first, BlockParameter.Latest, cancellationToken);
    }

    /// <summary>Whether the transaction used this authorization and brought the amount to the payee. A receipt that says success is not yet a payment.</summary>
    private static async Task<bool> IsPaidByAsync(EvmRpcClient node, PaymentTerms terms, Bytes32 transaction, CancellationToken cancellationToken)
    {
        var receipt = await node.GetTransactionReceiptAsync(transaction, cancellationToken);
        if (receipt is not { Succeeded: true })
            return false;
        var asset = EvmAddress.Parse(terms.Asset);
        var used = new AuthorizationUsed(asset, EvmAddress.Parse(terms.Payer), Bytes32.Parse(terms.Nonce));
        var paid = new Erc20Transfer(asset, used.Authorizer, EvmAddress.Parse(terms.PayTo), UInt256.Parse(terms.AmountAtomic));
        return receipt.Logs.Any(log => AuthorizationUsed.TryRead(log) == used) && receipt.Logs.Any(log => Erc20Transfer.TryRead(log) == paid);
    }

    private static Bytes32 WordOf(EvmAddress address)
    {
        Span<byte> word = stackalloc byte[Bytes32.Length];
        address.CopyTo(word[(Bytes32.Length - EvmAddress.Length)..]);
        return new Bytes32(word);
    }
}
