using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Watching;

public sealed class EventStreamTests : WatchTest
{
    [Fact]
    public async Task Stream_BeginsAfterTheNumber_AndGoesOn()
    {
        Agent.Chat(2);
        await using var gateway = Start();
        using var stream = await EventStreamClient.GetAsync(Http, At(gateway, "/agent/alice/events?after=2"));
        Assert.Equal(
            new StreamedEvent(
                "3", "message",
                """{"seq":3,"at":"2026-11-23T17:06:03.009Z","session":"default","type":"message","data":{"turn":"t2","role":"user","content":"said 1"}}"""),
            await stream.NextAsync());
        Assert.Equal("4", (await stream.NextAsync()).Id);
        await PostAsync(gateway, "new");
        Assert.Equal(["5", "6"], (await stream.NextAsync(2)).Select(item => item.Id!));
        await AnnounceAsync(gateway, Seq(Agent.Append(EventTypes.MessageRemoved, new EventData(), "abc")));
        Assert.Equal(("7", "message_removed"), ((await stream.NextAsync()) is var last ? (last.Id, last.Type) : default));
        Assert.Contains("retry: 2000", stream.Others);
    }

    [Fact]
    public async Task WithoutANumber_OnlyWhatIsNewComes()
    {
        Agent.Chat(2);
        await using var gateway = Start();
        using var stream = await EventStreamClient.GetAsync(Http, At(gateway, "/agent/alice/events"));
        await PostAsync(gateway, "new");
        Assert.Equal(["5", "6"], (await stream.NextAsync(2)).Select(item => item.Id!));
    }

    [Fact]
    public async Task Zero_IsTheBeginning()
    {
        Agent.Chat(1);
        await using var gateway = Start();
        using var stream = await EventStreamClient.GetAsync(Http, At(gateway, "/agent/alice/events?after=0"));
        Assert.Equal(["1", "2"], (await stream.NextAsync(2)).Select(item => item.Id!));
    }

    [Fact]
    public async Task Reconnecting_ByLastEventId_MissesAndRepeatsNothing()
    {
        const int Posts = 40;
        await using var gateway = Start();
        var posts = Enumerable.Range(0, Posts).Select(i => PostAsync(gateway, $"{i}")).ToList();
        string? last = null;
        var ids = new List<string>();
        while (ids.Count < 2 * Posts)
        {
            // A browser repeats the address it was made with.
            using var stream = await EventStreamClient.GetAsync(Http, At(gateway, "/agent/alice/events?after=0"), last);
            ids.AddRange((await stream.NextAsync(Math.Min(7, (2 * Posts) - ids.Count))).Select(item => item.Id!));
            last = ids[^1];
        }

        await Task.WhenAll(posts);
        Assert.Equal(Enumerable.Range(1, 2 * Posts).Select(seq => seq.ToString(CultureInfo.InvariantCulture)), ids);
    }

    [Fact]
    public async Task Trimmed_IsAResetEvent_WhoseIdIsWhereToGoOn()
    {
        Agent.Chat(5);
        Agent.First = 9;
        await using var gateway = Start();
        using var stream = await EventStreamClient.GetAsync(Http, At(gateway, "/agent/alice/events?after=3"));
        Assert.Equal(new StreamedEvent("8", "reset", """{"type":"reset","after":8}"""), await stream.NextAsync());
        Assert.Equal(["9", "10"], (await stream.NextAsync(2)).Select(item => item.Id!));
    }

    [Fact]
    public async Task Deltas_HaveNoId()
    {
        await using var gateway = Start();
        using var stream = await EventStreamClient.GetAsync(Http, At(gateway, "/agent/alice/events"));
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "Hel"));
        Assert.Equal(new StreamedEvent(null, "delta", """{"type":"delta","turn":"t1","attempt":1,"at":0,"text":"Hel"}"""), await stream.NextAsync());
    }

    [Fact]
    public async Task Heartbeat_IsAComment()
    {
        var clock = new FakeTimeProvider();
        // The client has read a line before the gateway knows that it was written: the step of the clock must not be taken for a client that is slow.
        await using var gateway = Start(clock, ("AgentMesh:Watching:SendTimeout", "10000.00:00:00"));
        using var stream = await EventStreamClient.GetAsync(Http, At(gateway, "/agent/alice/events"));
        Assert.Equal(("retry: 2000", ""), (await stream.NextLineAsync(), await stream.NextLineAsync()));
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            Assert.Equal((": ping", ""), (await stream.NextLineAsync(), await stream.NextLineAsync()));
        }
    }

    [Fact]
    public async Task Shutdown_EndsTheStream()
    {
        await using var gateway = Start();
        using var stream = await EventStreamClient.GetAsync(Http, At(gateway, "/agent/alice/events"));
        await PostAsync(gateway, "last");
        var stopping = gateway.StopAsync();
        Assert.Equal(["1", "2"], (await stream.NextAsync(2)).Select(item => item.Id!));
        Assert.Null(await stream.NextOrEndAsync());
        await stopping;
    }

    [Fact]
    public async Task ClientThatLeaves_LeavesNothing()
    {
        await using var gateway = Start();
        var stream = await EventStreamClient.GetAsync(Http, At(gateway, "/agent/alice/events"));
        stream.Dispose();
        while (gateway.Services.GetRequiredService<WatchHub>().AgentCount > 0)
            await Task.Yield();
    }

    [Fact]
    public async Task ClientThatTakesNothing_IsBrokenOff()
    {
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(IPAddress.Loopback, gateway.Port, Token);
        var request = $"GET /agent/alice/events?after=0 HTTP/1.1\r\nHost: 127.0.0.1:{gateway.Port}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        await KnownAsync(gateway);
        for (var i = 0; i < 150; i++)
            await PostAsync(gateway, new string('x', 60_000));
        var hub = gateway.Services.GetRequiredService<WatchHub>();
        clock.Advance(TimeSpan.FromSeconds(31));
        while (hub.AgentCount > 0)
            await Task.Yield();
    }

    [Theory]
    [InlineData("after=-1", null, "invalid_after")]
    [InlineData("after=", null, "invalid_after")]
    [InlineData("after=x", null, "invalid_after")]
    [InlineData("after=1.5", null, "invalid_after")]
    [InlineData("after=+1", null, "invalid_after")]
    [InlineData("after=1&after=2", null, "invalid_after")]
    [InlineData("after=9223372036854775808", null, "invalid_after")]
    [InlineData("", "x", "invalid_last_event_id")]
    [InlineData("after=1", "-1", "invalid_last_event_id")]
    public async Task NumberThatIsNone_IsRefused(string query, string? lastEventId, string code)
    {
        await using var gateway = Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, At(gateway, $"/agent/alice/events?{query}"));
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        await response.IsProblemAsync(400, code);
        Assert.Empty(Sidecar.Calls);
    }
}
