using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Tokens;
using AgentMesh.Facilitator.Ledger;
using AgentMesh.Facilitator.Rpc;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Tests.Rpc;

/// <summary><c>eth_getLogs</c>: what payments are looked for with, and what other clients ask, answered and refused as nodes do.</summary>
public sealed class LogsTests : IAsyncLifetime
{
    private static readonly string Token = KnownAssets.UsdcOnBaseSepolia.Address.ToString();
    private static readonly string Used = Eip3009.AuthorizationUsedTopic.ToString();
    private static readonly string Canceled = Eip3009.AuthorizationCanceledTopic.ToString();
    private static readonly string Transfer = Erc20.TransferTopic.ToString();
    private static readonly string Buyer = WordOf(Payments.Buyer.Address).ToString();
    private static readonly string Seller = WordOf(Payments.Seller).ToString();
    private static readonly string First = "0x" + new string('1', 64);
    private static readonly string Second = "0x" + new string('2', 64);

    private FakeStateStore _store = null!;
    private FacilitatorServer _server = null!;

    /// <summary>Block 1 is a gift to the buyer, blocks 2 and 3 are payments to the seller.</summary>
    public async ValueTask InitializeAsync()
    {
        _store = await FakeStateStore.StartAsync();
        _server = new FacilitatorServer(_store);
        await _server.FundAsync(Payments.Buyer.Address, 1_000_000);
        foreach (var nonce in new[] { First, Second })
            await _server.PostAsync("/settle", Payments.Request(2, Payments.Authorize(nonce: Bytes32.Parse(nonce))));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>The filters, with what is found: block and index of each log, in order.</summary>
    public static TheoryData<string, string> Filters() => new()
    {
        // As payments are looked for.
        { Filter($"[\"{Used}\",\"{Buyer}\",\"{First}\"]"), "2.0" },
        { Filter($"[\"{Used}\",\"{Buyer}\",\"{Second}\"]"), "3.0" },
        { Filter($"[\"{Used}\",\"{Seller}\",\"{First}\"]"), "" },
        { Filter($"[\"{Canceled}\",\"{Buyer}\",\"{First}\"]"), "" },
        { Filter($"[\"{Used}\",\"{Buyer}\",\"{Second}\"]", to: "0x2"), "" },
        // A word that is no address.
        { Filter($"[\"{Used}\",\"{First}\",\"{First}\"]"), "" },
        // As viem asks: places left open, several events in one place, no topics at all.
        { Filter($"[\"{Used}\",null,null]"), "2.0 3.0" },
        { Filter($"[\"{Used}\",\"{Buyer}\"]"), "2.0 3.0" },
        { Filter($"[[\"{Used}\",\"{Transfer}\"]]"), "1.0 2.0 2.1 3.0 3.1" },
        { Filter($"[\"{Transfer}\",null,\"{Seller}\"]"), "2.1 3.1" },
        { Filter($"[\"{Transfer}\",[\"{Buyer}\",\"{Seller}\"]]"), "2.1 3.1" },
        { Filter($"[\"{Transfer}\",[]]", from: "0x2", to: "0x2"), "2.1" },
        { Filter($"[null,null,null,null]"), "" },
        { Filter("[]"), "1.0 2.0 2.1 3.0 3.1" },
        { """[{"fromBlock":"earliest"}]""", "1.0 2.0 2.1 3.0 3.1" },
        { """[{"fromBlock":"0x1","toBlock":"0x1","address":null,"topics":null}]""", "1.0" },
        { $$"""[{"fromBlock":"0x1","address":["{{Token}}","0x0000000000000000000000000000000000000001"]}]""", "1.0 2.0 2.1 3.0 3.1" },
        { """[{"fromBlock":"0x1","address":"0x0000000000000000000000000000000000000001"}]""", "" },
        // Without blocks it is the newest one; what is beyond it has no logs yet.
        { "[{}]", "3.0 3.1" },
        { """[{"fromBlock":"finalized","toBlock":"safe"}]""", "3.0 3.1" },
        { """[{"fromBlock":"0x3","toBlock":"0xffff"}]""", "3.0 3.1" },
        { """[{"fromBlock":"0x4","toBlock":"0x5"}]""", "" },
        { """[{"fromBlock":"0x0","toBlock":"0x0"}]""", "" },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Logs_AreThoseOfTheFilter(string parameters, string found)
    {
        var answer = await AskAsync(parameters);
        Assert.Equal(found, string.Join(' ', answer.GetProperty("result").EnumerateArray().Select(log => $"{Number(log, "blockNumber")}.{Number(log, "logIndex")}")));
    }

    /// <summary>All members that viem and geth's own client read.</summary>
    [Fact]
    public async Task Log_IsTheOneOfTheReceipt_AndItsBlockIsFoundByHash()
    {
        var log = (await AskAsync(Filter($"[\"{Transfer}\",\"{Buyer}\",\"{Seller}\"]", to: "0x2"))).GetProperty("result")[0];
        Assert.Equal(
            ["address", "topics", "data", "blockNumber", "blockHash", "transactionHash", "transactionIndex", "logIndex", "removed"],
            log.EnumerateObject().Select(member => member.Name));
        Assert.Equal((Token, "0x0", false), (log.GetProperty("address").GetString(), log.GetProperty("transactionIndex").GetString(), log.GetProperty("removed").GetBoolean()));
        var receipt = await _server.Node().GetTransactionReceiptAsync(
            Bytes32.Parse(log.GetProperty("transactionHash").GetString()!), TestContext.Current.CancellationToken);
        Assert.Equal((receipt!.BlockHash.ToString(), receipt.BlockNumber), (log.GetProperty("blockHash").GetString(), 2UL));
        Assert.Equal(log.GetProperty("data").GetString(), Hex.Encode(receipt.Logs[1].Data.Span));

        var block = await AskAsync($$"""[{"blockHash":"{{receipt.BlockHash}}"}]""");
        Assert.Equal(2, block.GetProperty("result").GetArrayLength());
    }

    [Theory]
    [InlineData("[]", -32602, "missing value for required argument 0")]
    [InlineData("[1]", -32602, "missing value for required argument 0")]
    [InlineData("""[{"fromBlock":"0x2","toBlock":"0x1"}]""", -32602, "invalid block range params")]
    [InlineData("""[{"fromBlock":"pending"}]""", -32602, "pending logs are not supported")]
    [InlineData("""[{"fromBlock":2}]""", -32602, "invalid argument 0: a block is a number in hex behind 0x, or a tag")]
    [InlineData("""[{"fromBlock":"0xffffffffffffffff"}]""", -32602, "invalid argument 0: a block is a number in hex behind 0x, or a tag")]
    [InlineData("""[{"address":"0x12"}]""", -32602, "invalid address in query")]
    [InlineData("""[{"topics":"0x12"}]""", -32602, "invalid topic(s)")]
    [InlineData("""[{"topics":["0x12"]}]""", -32602, "invalid topic(s)")]
    [InlineData("""[{"topics":[[["0x12"]]]}]""", -32602, "invalid topic(s)")]
    [InlineData("""[{"topics":[null,null,null,null,null]}]""", -32602, "exceed max topics")]
    [InlineData("""[{"blockHash":"0x12"}]""", -32602, "invalid argument 0: the block's hash is not 32 bytes in hex")]
    [InlineData("""[{"blockHash":"0x1111111111111111111111111111111111111111111111111111111111111111","fromBlock":"0x1"}]""", -32602, "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other")]
    [InlineData("""[{"blockHash":"0x1111111111111111111111111111111111111111111111111111111111111111"}]""", -32000, "unknown block")]
    public async Task WhatIsNoFilter_IsRefusedInGethsWords(string parameters, int code, string message)
    {
        var error = (await AskAsync(parameters)).GetProperty("error");
        Assert.Equal((code, message), (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public async Task Alternatives_AreSoMany(int count, bool isRead)
    {
        var answer = await AskAsync($"[{{\"address\":[{string.Join(',', Enumerable.Repeat($"\"{Token}\"", count))}]}}]");
        Assert.Equal(isRead, answer.TryGetProperty("result", out _));
    }

    /// <summary>A ledger that was written before blocks were kept says so, and still finds single authorizations.</summary>
    [Fact]
    public async Task BlocksThatAreNotKept_AreNoAnswer_AndAuthorizationsAreFoundAllTheSame()
    {
        await _server.FundAsync(Payments.Buyer.Address, 1);
        _store.Remove("block:84532:2");
        var error = (await AskAsync(Filter($"[\"{Used}\"]"))).GetProperty("error");
        Assert.Equal((4444, "pruned history unavailable"), (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()));
        Assert.Equal(1, (await AskAsync(Filter($"[\"{Used}\",\"{Buyer}\",\"{First}\"]"))).GetProperty("result").GetArrayLength());
        Assert.Equal(1, (await AskAsync("""[{"fromBlock":"0x4"}]""")).GetProperty("result").GetArrayLength());
    }

    [Fact]
    public async Task LongRangesAndAnswers_AreRefused()
    {
        // Several reads of the store, and one log more than an answer may have.
        for (var n = 3; n < 3 + ChainLogs.MaxLogs; n++)
            _store.Put(LedgerKeys.Block(EvmNetwork.BaseSepolia, n), JsonSerializer.Serialize(new { transaction = Hash(n) }));
        for (var n = 3; n < 3 + ChainLogs.MaxLogs; n++)
        {
            _store.Put(LedgerKeys.Transaction(EvmNetwork.BaseSepolia, Bytes32.Parse(Hash(n))), JsonSerializer.Serialize(new
            {
                version = 1,
                block = n,
                at = Payments.Now,
                token = Token,
                from = EvmAddress.Zero.ToString(),
                to = Payments.Seller.ToString(),
                value = "1",
            }));
        }

        _store.Put("head:84532", """{"version":1,"block":12000,"writes":[]}""");
        var from = 3;
        Assert.Equal(ChainLogs.MaxLogs, (await AskAsync($$"""[{"fromBlock":"0x{{from:x}}","toBlock":"0x{{from + ChainLogs.MaxLogs - 1:x}}"}]""")).GetProperty("result").GetArrayLength());
        await AssertErrorAsync(2, 2 + ChainLogs.MaxLogs - 1, RpcException.LimitExceeded, "query returned more than 1000 results");
        await AssertErrorAsync(1, 1 + ChainLogs.MaxBlocks, RpcException.Server, "exceed maximum block range: 10000");
        await AssertErrorAsync(11_000, 12_000, RpcException.Pruned, "pruned history unavailable");

        async Task AssertErrorAsync(int first, int last, int code, string message)
        {
            var error = (await AskAsync($$"""[{"fromBlock":"0x{{first:x}}","toBlock":"0x{{last:x}}"}]""")).GetProperty("error");
            Assert.Equal((code, message), (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()));
        }

        static string Hash(int n) => string.Create(CultureInfo.InvariantCulture, $"0x{n:x64}");
    }

    /// <summary>The client that payments are reconciled with.</summary>
    [Fact]
    public async Task OwnClient_FindsTheTransaction()
    {
        var found = await _server.Node().FindTransactionsAsync(
            KnownAssets.UsdcOnBaseSepolia.Address, [Eip3009.AuthorizationUsedTopic, WordOf(Payments.Buyer.Address), Bytes32.Parse(Second)],
            BlockParameter.Of(0), BlockParameter.Latest, TestContext.Current.CancellationToken);
        var receipt = await _server.Node().GetTransactionReceiptAsync(Assert.Single(found), TestContext.Current.CancellationToken);
        Assert.Equal(3UL, receipt!.BlockNumber);
    }

    private static string Filter(string topics, string from = "0x0", string to = "latest") =>
        $$"""[{"address":"{{Token}}","topics":{{topics}},"fromBlock":"{{from}}","toBlock":"{{to}}"}]""";

    private static ulong Number(JsonElement log, string member) =>
        ulong.Parse(log.GetProperty(member).GetString()!.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static Bytes32 WordOf(EvmAddress address) => new(new AbiEncoder().Add(address).ToArray());

    private async Task<JsonElement> AskAsync(string parameters)
    {
        using var content = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":{{parameters}}}""", null, "application/json");
        using var answer = await _server.Http.PostAsync("/rpc", content, TestContext.Current.CancellationToken);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }
}
