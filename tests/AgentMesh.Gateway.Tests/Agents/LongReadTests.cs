using System.Net;
using AgentMesh.Gateway.Agents;

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

        var reads = Enumerable.Range(0, LongReads.MaxAtOnce + 1).Select(_ => GetAsync("alice")).ToList();
        var refused = await await Task.WhenAny(reads);
        await refused.IsProblemAsync(429, "too_many_calls");
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        await sidecar.NextCallAsync();
        var other = GetAsync("bob");
        Assert.Contains("bob", (await sidecar.NextCallAsync()).Path, StringComparison.Ordinal);
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
