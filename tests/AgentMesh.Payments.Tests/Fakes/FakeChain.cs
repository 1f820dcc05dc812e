using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Exact.Evm;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.Payments.Tests.Fakes;

/// <summary>A token on a chain: executes a nonce once, and tells of it over JSON-RPC.</summary>
internal sealed class FakeChain
{
    private readonly ConcurrentDictionary<Bytes32, (Bytes32 Transaction, ExactEvmPayment Payment, bool IsCanceled)> _used = new();

    /// <summary>Transfers that were executed.</summary>
    public int Transfers => _used.Values.Count(one => !one.IsCanceled);

    /// <summary>A receipt says success, and nothing has moved.</summary>
    public bool IsSilent { get; set; }

    /// <summary>The node fails.</summary>
    public bool IsAway { get; set; }

    /// <summary>The node is silent until the caller leaves.</summary>
    public bool Hangs { get; set; }

    /// <summary>What everybody has.</summary>
    public ulong Balance { get; set; }

    public bool IsUsed(Bytes32 nonce) => _used.ContainsKey(nonce);

    public Bytes32 Transfer(ExactEvmPayment payment)
    {
        var transaction = Keccak256.CalculateHash(payment.Authorization.Nonce.ToArray());
        Assert.True(_used.TryAdd(payment.Authorization.Nonce, (transaction, payment, false)), "A nonce is executed twice.");
        return transaction;
    }

    public void Cancel(ExactEvmPayment payment) =>
        _used[payment.Authorization.Nonce] = (Keccak256.CalculateHash(payment.Authorization.Nonce.ToArray()), payment, true);

    public async Task AnswerAsync(HttpContext context)
    {
        if (IsAway)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        if (Hangs)
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        var request = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        var parameters = request["params"]!.AsArray();
        JsonNode? result = request["method"]!.GetValue<string>() switch
        {
            "eth_chainId" => "0x14a34",
            "eth_blockNumber" => "0x64",
            "eth_call" when parameters[0]!["data"]!.GetValue<string>().StartsWith("0x70a08231", StringComparison.Ordinal) => Word(Balance.ToString("x", null)),
            "eth_call" => Word(IsUsed(Bytes32.Parse("0x" + parameters[0]!["data"]!.GetValue<string>()[^64..])) ? "1" : "0"),
            "eth_getLogs" => Logs(parameters[0]!),
            "eth_getTransactionReceipt" => Receipt(Bytes32.Parse(parameters[0]!.GetValue<string>())),
            var method => throw new NotSupportedException(method),
        };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = request["id"]!.DeepClone(), ["result"] = result }.ToJsonString(), context.RequestAborted);
    }

    private static string Word(string hex) => "0x" + hex.PadLeft(64, '0');

    private JsonArray Logs(JsonNode filter)
    {
        var topics = filter["topics"]!.AsArray();
        Assert.Equal("0x0", filter["fromBlock"]!.GetValue<string>());
        if (!_used.TryGetValue(Bytes32.Parse(topics[2]!.GetValue<string>()), out var used)
            || topics[1]!.GetValue<string>() != Word(used.Payment.Authorization.From.ToString()[2..].ToLowerInvariant())
            || topics[0]!.GetValue<string>() != (used.IsCanceled ? Eip3009.AuthorizationCanceledTopic : Eip3009.AuthorizationUsedTopic).ToString())
        {
            return [];
        }

        return [new JsonObject { ["transactionHash"] = used.Transaction.ToString() }];
    }

    private JsonObject? Receipt(Bytes32 transaction)
    {
        var (_, payment, isCanceled) = _used.Values.SingleOrDefault(one => one.Transaction == transaction);
        if (payment is null || isCanceled)
            return null;
        var authorization = payment.Authorization;
        var from = Word(authorization.From.ToString()[2..].ToLowerInvariant());
        JsonArray logs = IsSilent ? [] :
        [
            Log(payment.Asset, "0x", Eip3009.AuthorizationUsedTopic.ToString(), from, authorization.Nonce.ToString()),
            Log(payment.Asset, Word(authorization.Value.Value.ToString("x", null).TrimStart('0')), Erc20.TransferTopic.ToString(), from, Word(authorization.To.ToString()[2..].ToLowerInvariant())),
        ];
        return new JsonObject
        {
            ["transactionHash"] = transaction.ToString(),
            ["blockHash"] = Word("1"),
            ["blockNumber"] = "0x64",
            ["from"] = authorization.To.ToString(),
            ["to"] = payment.Asset.ToString(),
            ["status"] = "0x1",
            ["gasUsed"] = "0x5208",
            ["logs"] = logs,
        };
    }

    private static JsonObject Log(EvmAddress token, string data, params string[] topics) => new()
    {
        ["address"] = token.ToString(),
        ["topics"] = new JsonArray([.. topics.Select(topic => (JsonNode)topic)]),
        ["data"] = data,
        ["logIndex"] = "0x0",
    };
}
