using System.Net;
using AgentMesh.Evm.Rpc;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Networks;

namespace AgentMesh.X402.Tests.Exact.Evm.Facilitator;

public sealed class RpcExactEvmChainTests
{
    [Fact]
    public async Task ContractWithoutEip3009_IsAMistakeOfTheConfiguration()
    {
        using var http = new HttpClient(StubHandler.Always(HttpStatusCode.OK, """{"jsonrpc":"2.0","id":1,"result":"0x01"}"""));
        var wrong = await Assert.ThrowsAsync<InvalidDataException>(() => Chain(http).GetBalanceAsync(TestPayments.Seller, TestPayments.Seller, TestContext.Current.CancellationToken));
        Assert.Equal("The contract is no token with EIP-3009: its answer is not a word.", wrong.Message);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("signature")]
    [InlineData("nonce")]
    [InlineData("balance")]
    public async Task Answers_DoNotComeBackIntoTheCallersContext(string question)
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        using var http = new HttpClient(new StubHandler((_, _) => answer.Task));
        var chain = Chain(http);
        var found = await CallerContext.RunAsync(
            () => AskAsync(chain, question),
            () => answer.SetResult(StubHandler.Json(HttpStatusCode.OK, $$"""{"jsonrpc":"2.0","id":1,"result":"0x{{new string('0', 63)}}1"}""")));
        Assert.Equal(question != "signature", found);
    }

    private static RpcExactEvmChain Chain(HttpClient http) =>
        new(EvmNetwork.BaseSepolia, new EvmRpcClient(http, new Uri("http://node.example"), new EvmRpcOptions(), TimeProvider.System));

    // Nothing here may come back either: it is called in the context.
    private static async Task<bool> AskAsync(RpcExactEvmChain chain, string question)
    {
        var (who, cancellation) = (TestPayments.Seller, TestContext.Current.CancellationToken);
        return question switch
        {
            "code" => await chain.HasCodeAsync(who, cancellation).ConfigureAwait(false),
            "signature" => await chain.IsValidSignatureAsync(who, default, new byte[65], cancellation).ConfigureAwait(false),
            "nonce" => await chain.IsAuthorizationUsedAsync(who, who, default, cancellation).ConfigureAwait(false),
            _ => (await chain.GetBalanceAsync(who, who, cancellation).ConfigureAwait(false)).Value.IsOne,
        };
    }
}
