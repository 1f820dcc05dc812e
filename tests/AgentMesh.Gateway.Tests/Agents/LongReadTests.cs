using System.Net;
using System.Text.Json.Nodes;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Tests.Mcp;

namespace AgentMesh.Gateway.Tests.Agents;

/// <summary>Who asks for many long pages at once, or takes none of them.</summary>
public sealed class LongReadTests
{
    [Theory]
    [InlineData("history")]
    [InlineData("history/search?q=a")]
    [InlineData("inbox")]
    [InlineData("outbox")]
    public async Task OneIsAskedForAtATime_OneTooManyIsRefused_AndAnotherAgentIsServed(string page)
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var gateway = new GatewayServer(sidecar);
        using var client = gateway.Client();
        var (go, asked, most) = (new TaskCompletionSource(), 0, 0);
        using var entered = new SemaphoreSlim(0);
        for (var n = 0; n < LongReads.MaxAtOnce; n++)
        {
            sidecar.Then(async context =>
            {
                most = Math.Max(most, Interlocked.Increment(ref asked));
                entered.Release();
                await go.Task;
                Interlocked.Decrement(ref asked);
                await FakeSidecar.Text(200, FakeSidecar.HistoryReply)(context);
            });
        }

        var reads = Enumerable.Range(0, LongReads.MaxAtOnce + 1).Select(_ => GetAsync("alice")).ToList();
        var refused = await await Task.WhenAny(reads);
        await refused.IsProblemAsync(429, "too_many_calls");
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        await sidecar.NextCallAsync();
        var other = GetAsync("bob");
        Assert.Contains("bob", (await sidecar.NextCallAsync()).Path, StringComparison.Ordinal);
        // A call is noted before it is counted.
        for (var n = 0; n < LongReads.MaxAsked + 1; n++)
            await entered.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(LongReads.MaxAsked + 1, asked);

        go.SetResult();
        var answers = await Task.WhenAll(reads);
        Assert.Equal(LongReads.MaxAtOnce, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(HttpStatusCode.OK, (await other).StatusCode);
        Assert.Equal(LongReads.MaxAsked + 1, most);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("alice")).StatusCode);

        Task<HttpResponseMessage> GetAsync(string user) =>
            client.GetAsync(new Uri($"/agent/{user}/{page}", UriKind.Relative), TestContext.Current.CancellationToken);
    }

    /// <summary>By HTTP and by MCP, the same pages: one is asked for at a time, and one too many is refused in the words of who asks.</summary>
    [Fact]
    public async Task WhateverAsksForThem_OneIsAskedForAtATime_AndTheyCountTogether()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var gateway = new GatewayServer(sidecar);
        using var client = gateway.Client();
        var mcp = new RawMcp(gateway.Client());
        var (go, asked, most) = (new TaskCompletionSource(), 0, 0);
        for (var n = 0; n < LongReads.MaxAtOnce; n++)
        {
            sidecar.Then(async context =>
            {
                most = Math.Max(most, Interlocked.Increment(ref asked));
                await go.Task;
                Interlocked.Decrement(ref asked);
                await FakeSidecar.Text(200, FakeSidecar.HistoryReply)(context);
            });
        }

        Func<Task<bool>>[] ways =
        [
            async () => (await GetAsync()).StatusCode == HttpStatusCode.OK,
            async () => !(await mcp.CallAsync("get_history")).TryGetProperty("isError", out _),
            async () => (await mcp.SendAsync("resources/read", History())).TryGetProperty("result", out _),
            async () => (await mcp.SendAsync("prompts/get", new JsonObject { ["name"] = "catch_up" })).TryGetProperty("result", out _),
        ];
        var reads = Enumerable.Range(0, LongReads.MaxAtOnce + 1).Select(n => ways[n % ways.Length]()).ToList();
        // One is refused, whichever came last: all others have come, and one of them asks.
        Assert.False(await await Task.WhenAny(reads));
        await (await GetAsync()).IsProblemAsync(429, "too_many_calls");
        var tool = await mcp.CallAsync("get_history");
        Assert.True(tool.GetProperty("isError").GetBoolean());
        Assert.StartsWith("too_many_calls: ", tool.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("too_many_calls: ", (await mcp.ErrorAsync("resources/read", History())).Message, StringComparison.Ordinal);
        Assert.StartsWith("too_many_calls: ", (await mcp.ErrorAsync("prompts/get", new JsonObject { ["name"] = "catch_up" })).Message, StringComparison.Ordinal);
        await sidecar.NextCallAsync();
        Assert.Equal(LongReads.MaxAsked, asked);

        go.SetResult();
        Assert.Equal(LongReads.MaxAtOnce, (await Task.WhenAll(reads)).Count(isServed => isServed));
        Assert.Equal(LongReads.MaxAsked, most);

        static JsonObject History() => new() { ["uri"] = "agent://alice/history" };

        Task<HttpResponseMessage> GetAsync() => client.GetAsync(new Uri("/agent/alice/history", UriKind.Relative), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("history")]
    [InlineData("export")]
    public async Task OneThatIsNotTaken_Counts_UntilItsCallerIsGone(string page)
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var gateway = new GatewayServer(sidecar);
        using var client = gateway.Client();
        // More than waits for its reader.
        var text = new string('x', 300_000);
        sidecar.Agent = call => call.Path.Split('/')[^1] switch
        {
            "GetHistory" => """{"value":{"messages":[{"seq":1,"role":"user","timestamp":1767322800000,"content":""" + $"\"{text}\"" + "}]}}",
            "GetProfile" => $$$"""{"value":{"systemPrompt":"{{{text}}}"}}""",
            _ => null,
        };
        var held = new List<HttpResponseMessage>();
        for (var n = 0; n < LongReads.MaxAtOnce; n++)
        {
            held.Add(await GetAsync());
            Assert.Equal(HttpStatusCode.OK, held[^1].StatusCode);
        }

        using (var refused = await GetAsync())
            await refused.IsProblemAsync(429, "too_many_calls");
        Assert.Equal(LongReads.MaxAtOnce, sidecar.Calls.Count(call => call.Path.EndsWith(page == "history" ? "/GetHistory" : "/GetProfile", StringComparison.Ordinal)));
        held[0].Dispose();
        // The server learns of it in its own time.
        while (true)
        {
            using var next = await GetAsync();
            if (next.StatusCode == HttpStatusCode.OK)
                break;
        }

        foreach (var response in held)
            response.Dispose();

        Task<HttpResponseMessage> GetAsync() => client.GetAsync(
            new Uri($"/agent/alice/{page}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
