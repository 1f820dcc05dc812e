using AgentMesh.Evm.Rpc;

namespace AgentMesh.Evm.Tests.Rpc;

/// <summary>What each method sends, and what it makes of the result.</summary>
public sealed class EvmRpcClientTests : IDisposable
{
    private const string Token = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

    private static readonly string Hash = "0x" + new string('a', 64);

    private readonly HttpClient _http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("\"0x14a34\"", 84532UL)]
    [InlineData("\"0x0\"", 0UL)]
    [InlineData("\"0x00\"", 0UL)]
    [InlineData("\"0xFFFFFFFFFFFFFFFF\"", ulong.MaxValue)]
    [InlineData("\"0x10000000000000000\"", null)]
    [InlineData("\"0x\"", null)]
    [InlineData("\"84532\"", null)]
    [InlineData("\"0x-1\"", null)]
    [InlineData("\"0x1 \"", null)]
    [InlineData("84532", null)]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    [InlineData("\"\\ud800\"", null)]
    public async Task ChainIdAndBlockNumber_AreQuantities(string result, ulong? expected)
    {
        await using var server = await RpcServer.WithResultAsync(result);
        await AssertAsync(expected, () => Client(server).GetChainIdAsync(Cancellation));
        await AssertAsync(expected, () => Client(server).GetBlockNumberAsync(Cancellation));
        Assert.Equal(["""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}""", """{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}"""], Sent(server));
    }

    [Theory]
    [InlineData("\"0x0\"", "0")]
    [InlineData("\"0xde0b6b3a7640000\"", "1000000000000000000")]
    [InlineData("\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"", "115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    [InlineData("\"0x10000000000000000000000000000000000000000000000000000000000000000\"", null)]
    [InlineData("\"0x\"", null)]
    [InlineData("\"0xg\"", null)]
    [InlineData("1", null)]
    public async Task Balance_IsAUint256(string result, string? expected)
    {
        await using var server = await RpcServer.WithResultAsync(result);
        await AssertAsync(expected is null ? null : UInt256.Parse(expected), () => Client(server).GetBalanceAsync(EvmAddress.Parse(Token), BlockParameter.Finalized, Cancellation));
        Assert.Equal([$$"""{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["{{Token}}","finalized"]}"""], Sent(server));
    }

    [Theory]
    [InlineData("\"0x\"", "")]
    [InlineData("\"0x00ff\"", "00FF")]
    [InlineData("\"0x0\"", null)]
    [InlineData("\"00\"", null)]
    [InlineData("null", null)]
    public async Task CallAndCode_AreBytes(string result, string? expected)
    {
        await using var server = await RpcServer.WithResultAsync(result);
        var client = Client(server);
        await AssertBytesAsync(expected, () => client.CallAsync(EvmAddress.Parse(Token), new byte[] { 1, 2, 255 }, BlockParameter.Latest, Cancellation));
        await AssertBytesAsync(expected, () => client.GetCodeAsync(EvmAddress.Parse(Token), BlockParameter.Of(255), Cancellation));
        Assert.Equal(
            [
                $$"""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"{{Token}}","data":"0x0102ff"},"latest"]}""",
                $$"""{"jsonrpc":"2.0","id":2,"method":"eth_getCode","params":["{{Token}}","0xff"]}""",
            ],
            Sent(server));
    }

    [Fact]
    public void BlockParameter_HasTheTagsOfTheApi()
    {
        BlockParameter[] tags = [default, BlockParameter.Latest, BlockParameter.Pending, BlockParameter.Safe, BlockParameter.Finalized, BlockParameter.Of(0), BlockParameter.Of(ulong.MaxValue)];
        Assert.Equal(["latest", "latest", "pending", "safe", "finalized", "0x0", "0xffffffffffffffff"], tags.Select(tag => tag.ToString()));
    }

    [Fact]
    public async Task RawTransaction_IsSent_AndItsHashSaid()
    {
        await using var server = await RpcServer.WithResultAsync($"\"{Hash}\"");
        Assert.Equal(Bytes32.Parse(Hash), await Client(server).SendRawTransactionAsync(new byte[] { 2, 0xf8 }, Cancellation));
        Assert.Equal(["""{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["0x02f8"]}"""], Sent(server));
    }

    [Fact]
    public async Task Receipt_IsRead()
    {
        await using var server = await RpcServer.WithResultAsync(Receipt());
        var receipt = await Client(server).GetTransactionReceiptAsync(Bytes32.Parse(Hash), Cancellation);
        Assert.NotNull(receipt);
        Assert.True(receipt.Succeeded);
        Assert.Equal(255UL, receipt.BlockNumber);
        Assert.Equal(21000UL, receipt.GasUsed);
        Assert.Equal(Token, receipt.To.ToString());
        var log = Assert.Single(receipt.Logs);
        Assert.Equal(Token, log.Address.ToString());
        Assert.Equal([Bytes32.Parse(Hash)], log.Topics);
        Assert.Equal("0x01", Hex.Encode(log.Data.Span));
        Assert.Equal(7UL, log.LogIndex);
        Assert.Equal([$$"""{"jsonrpc":"2.0","id":1,"method":"eth_getTransactionReceipt","params":["{{Hash}}"]}"""], Sent(server));
    }

    [Theory]
    [InlineData("\"status\":\"0x1\"", "\"status\":\"0x0\"", true)]
    [InlineData("\"to\":\"" + Token + "\"", "\"to\":null", true)]
    [InlineData("\"logIndex\":\"0x7\"", "\"logIndex\":\"0x7\",\"more\":[1]", true)]
    [InlineData("\"status\":\"0x1\"", "\"status\":\"0x2\"", false)]
    [InlineData("\"status\":\"0x1\"", "\"status\":true", false)]
    [InlineData("\"status\":\"0x1\"", "\"root\":\"0x1\"", false)]
    [InlineData("\"blockNumber\":\"0xff\"", "\"blockNumber\":null", false)]
    [InlineData("\"blockNumber\":\"0xff\"", "\"blockNumber\":255", false)]
    [InlineData("\"to\":\"" + Token + "\"", "\"to\":\"0x\"", false)]
    [InlineData("\"data\":\"0x01\"", "\"data\":\"0x1\"", false)]
    [InlineData("\"data\":\"0x01\"", "\"data\":\"\\ud800\"", false)]
    [InlineData("\"logIndex\":\"0x7\"", "\"logIndex\":null", false)]
    // Another transaction's receipt: the hash in the first member is no longer the one asked for.
    [InlineData("{\"transactionHash\":\"0xa", "{\"transactionHash\":\"0xb", false)]
    public async Task Receipt_OfAnotherShape_IsMalformed(string member, string other, bool valid)
    {
        var receipt = Receipt();
        Assert.Contains(member, receipt, StringComparison.Ordinal);
        await using var server = await RpcServer.WithResultAsync(receipt.Replace(member, other, StringComparison.Ordinal));
        if (valid)
            Assert.NotNull(await Client(server).GetTransactionReceiptAsync(Bytes32.Parse(Hash), Cancellation));
        else
            await AssertMalformedAsync(() => Client(server).GetTransactionReceiptAsync(Bytes32.Parse(Hash), Cancellation));
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData("[{\"transactionHash\":\"HASH\",\"logIndex\":\"0x0\"}]", 1)]
    [InlineData("[{\"transactionHash\":\"HASH\"},{\"transactionHash\":\"HASH\"}]", 2)]
    [InlineData("[{\"transactionHash\":null}]", null)]
    [InlineData("[{\"transactionHash\":\"0xaa\"}]", null)]
    [InlineData("[{}]", null)]
    [InlineData("[1]", null)]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    public async Task Logs_NameTheirTransactions(string result, int? expected)
    {
        await using var server = await RpcServer.WithResultAsync(result.Replace("HASH", Hash, StringComparison.Ordinal));
        var topic = Bytes32.Parse(Hash);
        var finding = () => Client(server).FindTransactionsAsync(EvmAddress.Parse(Token), [topic], BlockParameter.Of(16), BlockParameter.Latest, Cancellation);
        if (expected is { } count)
            Assert.Equal(Enumerable.Repeat(topic, count), await finding());
        else
            await AssertMalformedAsync(finding);
        Assert.Equal(
            [$$"""{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"address":"{{Token}}","topics":["{{Hash}}"],"fromBlock":"0x10","toBlock":"latest"}]}"""],
            Sent(server));
    }

    [Theory]
    [InlineData("null", true)]
    [InlineData("[]", false)]
    [InlineData("\"0x\"", false)]
    [InlineData("{}", false)]
    public async Task Receipt_OfATransactionInNoBlock_IsNull(string result, bool valid)
    {
        await using var server = await RpcServer.WithResultAsync(result);
        if (valid)
            Assert.Null(await Client(server).GetTransactionReceiptAsync(Bytes32.Parse(Hash), Cancellation));
        else
            await AssertMalformedAsync(() => Client(server).GetTransactionReceiptAsync(Bytes32.Parse(Hash), Cancellation));
    }

    [Fact]
    public async Task Ids_AreNeverTwiceTheSame()
    {
        await using var server = await RpcServer.WithResultAsync("\"0x1\"");
        var client = Client(server);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetChainIdAsync(Cancellation)));
        Assert.Equal(Enumerable.Range(1, 20).Select(id => (long)id), server.Requests.Select(request => request.GetProperty("id").GetInt64()).Order());
    }

    private static string Receipt() => $$"""
        {"transactionHash":"{{Hash}}","blockHash":"{{Hash}}","blockNumber":"0xff","from":"{{Token}}","to":"{{Token}}","status":"0x1","gasUsed":"0x5208","type":"0x2","logs":[{"address":"{{Token}}","topics":["{{Hash}}"],"data":"0x01","logIndex":"0x7","removed":false}]}
        """;

    private static IEnumerable<string> Sent(RpcServer server) => server.Requests.Select(request => request.GetRawText());

    private static async Task AssertAsync<T>(T? expected, Func<Task<T>> call)
        where T : struct
    {
        if (expected is null)
            await AssertMalformedAsync(call);
        else
            Assert.Equal(expected.Value, await call());
    }

    private static async Task AssertBytesAsync(string? expected, Func<Task<byte[]>> call)
    {
        if (expected is null)
            await AssertMalformedAsync(call);
        else
            Assert.Equal(expected, Convert.ToHexString(await call()));
    }

    private static async Task AssertMalformedAsync(Func<Task> call) =>
        Assert.Equal(EvmRpcFailure.Malformed, (await Assert.ThrowsAsync<EvmRpcException>(call)).Failure);

    private EvmRpcClient Client(RpcServer server) => new(_http, server.Endpoint, new EvmRpcOptions(), TimeProvider.System);
}
