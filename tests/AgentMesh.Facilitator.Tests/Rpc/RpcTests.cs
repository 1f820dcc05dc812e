using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Tests.Rpc;

/// <summary>The own clients of a node find at <c>/rpc</c> what became of a payment.</summary>
public sealed class RpcTests : IAsyncLifetime
{
    private static readonly EvmAddress Token = KnownAssets.UsdcOnBaseSepolia.Address;

    private FakeStateStore _store = null!;
    private FacilitatorServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await FakeStateStore.StartAsync();
        _server = new FacilitatorServer(_store, new KeyValuePair<string, string>("AgentMesh:Facilitator:Networks", "eip155:84532,eip155:8453"));
        await _server.FundAsync(Payments.Buyer.Address, 100_000);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Receipt_SaysWhatMoved_AndWhichNonceIsUsed()
    {
        var authorization = Payments.Authorize();
        var (_, settled) = await _server.PostAsync("/settle", Payments.Request(2, authorization));
        var hash = Bytes32.Parse(settled.GetProperty("transaction").GetString()!);

        var receipt = await _server.Node().GetTransactionReceiptAsync(hash, TestContext.Current.CancellationToken);

        Assert.NotNull(receipt);
        Assert.Equal((true, 2UL, Token), (receipt.Succeeded, receipt.BlockNumber, receipt.To));
        Assert.Equal(new AuthorizationUsed(Token, Payments.Buyer.Address, authorization.Nonce), AuthorizationUsed.TryRead(receipt.Logs[0]));
        Assert.Equal(new Erc20Transfer(Token, Payments.Buyer.Address, Payments.Seller, 100_000), Erc20Transfer.TryRead(receipt.Logs[1]));
        Assert.Equal(2UL, await _server.Node().GetBlockNumberAsync(TestContext.Current.CancellationToken));
        Assert.Null(await _server.Node().GetTransactionReceiptAsync(Bytes32.Parse("0x" + new string('0', 64)), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReceiptOfAGift_IsATransferFromNobody()
    {
        var (_, gift) = await _server.PostAsync("/faucet", new { address = Payments.Seller.ToString() });
        var receipt = await _server.Node().GetTransactionReceiptAsync(Bytes32.Parse(gift.GetProperty("transaction").GetString()!), TestContext.Current.CancellationToken);
        Assert.Equal(new Erc20Transfer(Token, EvmAddress.Zero, Payments.Seller, 10_000_000), Erc20Transfer.TryRead(Assert.Single(receipt!.Logs)));
    }

    [Fact]
    public async Task ChainOverRpc_KnowsBalanceAndNonce()
    {
        var authorization = Payments.Authorize();
        var chain = new RpcExactEvmChain(EvmNetwork.BaseSepolia, _server.Node());
        Assert.Equal((UInt256)100_000UL, await chain.GetBalanceAsync(Token, Payments.Buyer.Address, TestContext.Current.CancellationToken));
        Assert.False(await chain.IsAuthorizationUsedAsync(Token, Payments.Buyer.Address, authorization.Nonce, TestContext.Current.CancellationToken));
        await _server.PostAsync("/settle", Payments.Request(2, authorization));
        Assert.Equal(default, await chain.GetBalanceAsync(Token, Payments.Buyer.Address, TestContext.Current.CancellationToken));
        Assert.True(await chain.IsAuthorizationUsedAsync(Token, Payments.Buyer.Address, authorization.Nonce, TestContext.Current.CancellationToken));
        Assert.False(await chain.HasCodeAsync(Payments.Buyer.Address, TestContext.Current.CancellationToken));
        Assert.True(await chain.HasCodeAsync(Token, TestContext.Current.CancellationToken));
        Assert.False(await chain.IsValidSignatureAsync(Token, default, new byte[65], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Token_DescribesItself()
    {
        var node = _server.Node();
        Assert.True(new AbiReader(await CallAsync(Erc20.Name())).TryReadString(0, out var name));
        Assert.True(new AbiReader(await CallAsync(Erc20.Version())).TryReadString(0, out var version));
        Assert.True(new AbiReader(await CallAsync(Erc20.Decimals())).TryReadByte(0, out var decimals));
        Assert.Equal(("USDC", "2", 6), (name, version, decimals));
        Assert.Equal(KnownAssets.UsdcOnBaseSepolia.Domain.Separator.ToArray(), await CallAsync(AbiEncoder.Selector("DOMAIN_SEPARATOR()")));

        Task<byte[]> CallAsync(byte[] call) => node.CallAsync(Token, call, BlockParameter.Latest, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("/rpc", 84_532)]
    [InlineData("/rpc/84532", 84_532)]
    [InlineData("/rpc/8453", 8453)]
    public async Task Chain_IsTheOneOfThePath(string path, int chainId) =>
        Assert.Equal((ulong)chainId, await _server.Node(path).GetChainIdAsync(TestContext.Current.CancellationToken));

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["0x00"]}""", "1", -32601)]
    [InlineData("""{"jsonrpc":"2.0","id":"a","method":"eth_call","params":[{"to":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","data":"0x70a0823"},"latest"]}""", "\"a\"", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","data":"0x70a08231"},"latest"]}""", "1", 3)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","data":"0x06fdde03"},"0x1"]}""", "1", -32000)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_getTransactionReceipt","params":["0x12"]}""", "1", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_getBalance"}""", "1", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", "null", -32600)]
    [InlineData("""[]""", "null", -32600)]
    [InlineData("""{""", "null", -32700)]
    public async Task WhatIsNotServed_IsAnError(string request, string id, int code)
    {
        using var content = new StringContent(request, null, "application/json");
        using var answer = await _server.Http.PostAsync("/rpc", content, TestContext.Current.CancellationToken);
        var error = System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((200, id, code), ((int)answer.StatusCode, error.GetProperty("id").GetRawText(), error.GetProperty("error").GetProperty("code").GetInt32()));
    }

    [Fact]
    public async Task UnknownChain_IsAnError()
    {
        var refused = await Assert.ThrowsAsync<EvmRpcException>(() => _server.Node("/rpc/1").GetChainIdAsync(TestContext.Current.CancellationToken));
        Assert.Equal(-32000, refused.Code);
    }
}
