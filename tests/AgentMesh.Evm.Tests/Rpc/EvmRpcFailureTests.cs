using System.Globalization;
using System.Net;
using AgentMesh.Evm.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Evm.Tests.Rpc;

/// <summary>Nodes that fail, and what of them is said.</summary>
public sealed class EvmRpcFailureTests : IDisposable
{
    private const int MaxResponseBytes = 1000;

    private readonly HttpClient _http = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"0x1\"")]
    [InlineData("<html>secret-of-path</html>")]
    [InlineData("{}")]
    [InlineData("""{"jsonrpc":"2.0","id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":"0x1""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":"0x1"} {}""")]
    [InlineData("""{"jsonrpc":"2.0","id":0,"result":"0x1"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":"ID","result":"0x1"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"result":"0x1"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1e99,"result":"0x1"}""")]
    [InlineData("""{"jsonrpc":"2.0","result":"0x1"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":"0x1","error":"no"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":0,"error":{"code":1,"message":"another's"}}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":ID,"result":"0x1"}]""")]
    public async Task Answer_ThatIsNoneToTheRequest_IsMalformed(string body)
    {
        await using var server = await RpcServer.WithBodyAsync(id => body.Replace("ID", id, StringComparison.Ordinal));
        Assert.Equal(EvmRpcFailure.Malformed, (await FailAsync(server)).Failure);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":"0x1","error":null}""")]
    [InlineData("""{"id":ID,"result":"0x1","more":{}}""")]
    public async Task Answer_ThatIsLooseButClear_IsRead(string body)
    {
        await using var server = await RpcServer.WithBodyAsync(id => body.Replace("ID", id, StringComparison.Ordinal));
        Assert.Equal(1UL, await Client(server).GetChainIdAsync(Cancellation));
    }

    [Theory]
    [InlineData("""{"code":-32000,"message":"nonce too low"}""", -32000L, "nonce too low", null)]
    [InlineData("""{"code":3,"message":"execution reverted: no","data":"0x08c379a0"}""", 3L, "execution reverted: no", "0x08c379a0")]
    [InlineData("""{"code":-32005,"message":"limit","data":{"see":"there"}}""", -32005L, "limit", null)]
    [InlineData("""{"code":"x","message":1}""", null, null, null)]
    [InlineData("""{"code":1.5}""", null, null, null)]
    [InlineData("""{"message":"\ud800"}""", null, null, null)]
    [InlineData("{}", null, null, null)]
    public async Task Error_HasItsCode_AndItsWordsAside(string error, long? code, string? message, string? data)
    {
        foreach (var member in new[] { """, "result":null""", "" })
        {
            await using var server = await RpcServer.WithBodyAsync(id => $$"""{"jsonrpc":"2.0","id":{{id}},"error":{{error}}{{member}}}""");
            var exception = await FailAsync(server);
            Assert.Equal(EvmRpcFailure.RpcError, exception.Failure);
            Assert.Equal((code, message, data), (exception.Code, exception.ServerMessage, exception.ServerData));
            Assert.Equal($"eth_chainId: the node answered with error {code}.", exception.Message);
        }
    }

    [Fact]
    public async Task Error_OfARequestThatWasNotUnderstood_HasNoId()
    {
        await using var server = await RpcServer.WithBodyAsync(_ => """{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}""");
        Assert.Equal(-32700, (await FailAsync(server)).Code);
    }

    [Theory]
    [InlineData(EvmRpcException.MaxServerText, EvmRpcException.MaxServerText)]
    [InlineData(EvmRpcException.MaxServerText + 1, EvmRpcException.MaxServerText)]
    public async Task Error_WithALongText_IsCutOff(int length, int kept)
    {
        await using var server = await RpcServer.WithBodyAsync(id => $$$"""{"id":{{{id}}},"error":{"code":1,"message":"{{{new string('x', length)}}}"}}""");
        Assert.Equal(kept, (await FailAsync(server, new EvmRpcOptions())).ServerMessage!.Length);
    }

    [Theory]
    [InlineData(429, "7", 7)]
    [InlineData(429, "Thu, 01 Jan 2026 00:01:00 GMT", 60)]
    [InlineData(429, null, null)]
    [InlineData(500, null, null)]
    [InlineData(503, "soon", null)]
    [InlineData(404, null, null)]
    [InlineData(401, null, null)]
    public async Task HttpStatus_IsSaid_WhateverTheBody(int status, string? retryAfter, int? seconds)
    {
        await using var server = await RpcServer.StartAsync((context, request) =>
        {
            context.Response.StatusCode = status;
            if (retryAfter is not null)
                context.Response.Headers.RetryAfter = retryAfter;
            return context.Response.WriteAsync($$"""{"id":{{request.GetProperty("id")}},"result":"0x1"}""");
        });
        var exception = await FailAsync(server);
        Assert.Equal((EvmRpcFailure.HttpStatus, (HttpStatusCode)status), (exception.Failure, exception.StatusCode!.Value));
        Assert.Equal(seconds, (int?)exception.RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData(MaxResponseBytes - 1, false, true)]
    [InlineData(MaxResponseBytes, false, true)]
    [InlineData(MaxResponseBytes + 1, false, false)]
    [InlineData(MaxResponseBytes, true, true)]
    [InlineData(MaxResponseBytes + 1, true, false)]
    [InlineData(100 * MaxResponseBytes, true, false)]
    public async Task Answer_IsReadUpToTheLimit_WithOrWithoutALength(int length, bool isChunked, bool fits)
    {
        await using var server = await RpcServer.StartAsync(async (context, request) =>
        {
            var body = string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{request.GetProperty("id")}},"result":"0x1"}""").PadRight(length);
            if (!isChunked)
                context.Response.ContentLength = length;
            await context.Response.WriteAsync(body[..20], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await context.Response.WriteAsync(body[20..], context.RequestAborted);
        });
        if (fits)
            Assert.Equal(1UL, await Client(server).GetChainIdAsync(Cancellation));
        else
            Assert.Equal(EvmRpcFailure.TooLarge, (await FailAsync(server)).Failure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Node_ThatSaysNothing_OrNothingMore_TimesOut(bool hasBegun)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RpcServer.StartAsync(async (context, _) =>
        {
            if (hasBegun)
            {
                await context.Response.WriteAsync("{", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }

            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        var call = FailAsync(server);
        await asked.Task.WaitAsync(Cancellation);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(EvmRpcFailure.TimedOut, (await call).Failure);
    }

    [Fact]
    public async Task Caller_ThatLeaves_IsCanceled()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var server = await RpcServer.StartAsync(async (context, _) =>
        {
            await leaving.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(server).GetChainIdAsync(leaving.Token));
    }

    [Fact]
    public async Task Connection_ThatBreaks_OrIsRefused_IsUnreachable()
    {
        var server = await RpcServer.StartAsync(async (context, _) =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("{", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        });
        var client = Client(server);
        Assert.Equal(EvmRpcFailure.Unreachable, (await Assert.ThrowsAsync<EvmRpcException>(() => client.GetChainIdAsync(Cancellation))).Failure);
        await server.DisposeAsync();
        var refused = await Assert.ThrowsAsync<EvmRpcException>(() => client.GetChainIdAsync(Cancellation));
        Assert.Equal(EvmRpcFailure.Unreachable, refused.Failure);
        Assert.Equal("eth_chainId: the node was not reached, or the connection broke (ConnectionError).", refused.Message);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, 1)]
    public void Options_OfNothing_AreRefused(int timeoutMs, int maxResponseBytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EvmRpcClient(
            _http, new Uri("http://localhost/"), new EvmRpcOptions { TimeoutMs = timeoutMs, MaxResponseBytes = maxResponseBytes }, _time));

    /// <summary>Every failure says nothing of the node's address or of its words.</summary>
    private async Task<EvmRpcException> FailAsync(RpcServer server, EvmRpcOptions? options = null)
    {
        var exception = await Assert.ThrowsAsync<EvmRpcException>(() => Client(server, options).GetChainIdAsync(Cancellation));
        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Endpoint.Authority, exception.ToString(), StringComparison.Ordinal);
        if (exception.ServerMessage is { } message)
            Assert.DoesNotContain(message, exception.ToString(), StringComparison.Ordinal);
        return exception;
    }

    private EvmRpcClient Client(RpcServer server, EvmRpcOptions? options = null) =>
        new(_http, server.Endpoint, options ?? new EvmRpcOptions { TimeoutMs = 1000, MaxResponseBytes = MaxResponseBytes }, _time);
}
