using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.Evm.Rpc;

/// <summary>
/// A node's JSON-RPC over HTTP: what payments read from a chain, and sending what was signed elsewhere. It repeats nothing; every failure
/// is an <see cref="EvmRpcException"/>. Safe for several threads.
/// </summary>
/// <param name="http">Sends the requests. Its handler should follow no redirects.</param>
/// <param name="endpoint">The node. Providers put keys into it, so it is in no message.</param>
/// <param name="options">How long and how much.</param>
/// <param name="time">Measures the time-out.</param>
public sealed class EvmRpcClient(HttpClient http, Uri endpoint, EvmRpcOptions options, TimeProvider time)
{
    private readonly RpcTransport _transport = new(http, endpoint, options, time);

    /// <summary><c>eth_chainId</c>: compare it with the network that payments name before anything is sent.</summary>
    public Task<ulong> GetChainIdAsync(CancellationToken cancellationToken) =>
        ReadAsync("eth_chainId", [], RpcValues.ToUInt64, cancellationToken);

    /// <summary><c>eth_blockNumber</c>.</summary>
    public Task<ulong> GetBlockNumberAsync(CancellationToken cancellationToken) =>
        ReadAsync("eth_blockNumber", [], RpcValues.ToUInt64, cancellationToken);

    /// <summary><c>eth_getBalance</c>: wei of the chain's own currency, which pays for gas.</summary>
    public Task<UInt256> GetBalanceAsync(EvmAddress address, BlockParameter block, CancellationToken cancellationToken) =>
        ReadAsync("eth_getBalance", [address.ToString(), block.ToString()], RpcValues.ToUInt256, cancellationToken);

    /// <summary><c>eth_getCode</c>: empty for an account that only a key owns.</summary>
    public async Task<byte[]> GetCodeAsync(EvmAddress address, BlockParameter block, CancellationToken cancellationToken)
    {
        const string Method = "eth_getCode";
        var result = await _transport.SendAsync(Method, [address.ToString(), block.ToString()], cancellationToken).ConfigureAwait(false);
        return RpcValues.ToBytes(result) ?? throw Malformed(Method);
    }

    /// <summary><c>eth_call</c>: what a contract would return. A revert is an <see cref="EvmRpcFailure.RpcError"/>.</summary>
    public async Task<byte[]> CallAsync(EvmAddress to, ReadOnlyMemory<byte> data, BlockParameter block, CancellationToken cancellationToken)
    {
        const string Method = "eth_call";
        // "data" and not "input": every node knows it.
        var call = new JsonObject { ["to"] = to.ToString(), ["data"] = Hex.Encode(data.Span) };
        var result = await _transport.SendAsync(Method, [call, block.ToString()], cancellationToken).ConfigureAwait(false);
        return RpcValues.ToBytes(result) ?? throw Malformed(Method);
    }

    /// <summary><c>eth_getTransactionReceipt</c>: null while the transaction is in no block, and of one that nobody knows.</summary>
    public async Task<TransactionReceipt?> GetTransactionReceiptAsync(Bytes32 transactionHash, CancellationToken cancellationToken)
    {
        const string Method = "eth_getTransactionReceipt";
        var result = await _transport.SendAsync(Method, [transactionHash.ToString()], cancellationToken).ConfigureAwait(false);
        if (result.ValueKind == JsonValueKind.Null)
            return null;
        // Another transaction's receipt would be another's payment.
        return RpcValues.ToReceipt(result) is { } receipt && receipt.TransactionHash == transactionHash ? receipt : throw Malformed(Method);
    }

    /// <summary>
    /// <c>eth_getLogs</c>: the transactions in which a contract emitted an event with these topics, in order. Nodes serve a few thousand blocks at a
    /// time, and say no to more.
    /// </summary>
    public async Task<IReadOnlyList<Bytes32>> FindTransactionsAsync(
        EvmAddress contract, IReadOnlyList<Bytes32> topics, BlockParameter from, BlockParameter to, CancellationToken cancellationToken)
    {
        const string Method = "eth_getLogs";
        ArgumentNullException.ThrowIfNull(topics);
        var filter = new JsonObject
        {
            ["address"] = contract.ToString(),
            ["topics"] = new JsonArray([.. topics.Select(topic => (JsonNode)topic.ToString())]),
            ["fromBlock"] = from.ToString(),
            ["toBlock"] = to.ToString(),
        };
        return RpcValues.ToTransactions(await _transport.SendAsync(Method, [filter], cancellationToken).ConfigureAwait(false)) ?? throw Malformed(Method);
    }

    /// <summary><c>eth_sendRawTransaction</c>: sends a signed transaction, and says its hash. Being taken is not being in a block.</summary>
    public Task<Bytes32> SendRawTransactionAsync(ReadOnlyMemory<byte> transaction, CancellationToken cancellationToken) =>
        ReadAsync("eth_sendRawTransaction", [Hex.Encode(transaction.Span)], RpcValues.ToBytes32, cancellationToken);

    private async Task<T> ReadAsync<T>(string method, JsonArray parameters, Func<JsonElement, T?> read, CancellationToken cancellationToken)
        where T : struct =>
        read(await _transport.SendAsync(method, parameters, cancellationToken).ConfigureAwait(false)) ?? throw Malformed(method);

    private static EvmRpcException Malformed(string method) => new(EvmRpcFailure.Malformed, method, "the result is not of the method's type.");
}
