using System.Net.WebSockets;
using System.Text;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>When a socket is ended, and how.</summary>
public sealed class SocketLimitTests : WatchTest
{
    private const int MaxFrameBytes = 1024 * 1024;

    [Theory]
    [InlineData(MaxFrameBytes, null)]
    [InlineData(MaxFrameBytes + 1, WebSocketCloseStatus.MessageTooBig)]
    [InlineData(3 * MaxFrameBytes, WebSocketCloseStatus.MessageTooBig)]
    public async Task FrameOverTheLimit_Closes1009(int length, WebSocketCloseStatus? status)
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        var frame = Encoding.UTF8.GetBytes("""{"type":"ping"}""" + new string(' ', length - 15));
        // In pieces, so that no header tells the length.
        for (var at = 0; at < length; at += 100_000)
            await socket.SendAsync(frame[at..Math.Min(length, at + 100_000)], WebSocketMessageType.Text, at + 100_000 >= length);
        if (status is null)
        {
            Assert.Equal("""{"type":"pong"}""", await socket.NextTextAsync());
            return;
        }

        Assert.Empty(await socket.ToEndAsync());
        Assert.Equal(status, socket.CloseStatus);
    }

    [Fact]
    public async Task TooManyFrames_Close1008()
    {
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock, ("AgentMesh:Watching:FramesPerWindow", "5"));
        using var socket = await SocketClient.ConnectAsync(gateway);
        for (var i = 0; i < 5; i++)
            await PingPongAsync(socket);
        clock.Advance(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 5; i++)
            await PingPongAsync(socket);
        await socket.SendAsync("""{"type":"ping"}""");
        Assert.Empty(await socket.ToEndAsync());
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "too many frames"), (socket.CloseStatus, socket.CloseReason));
    }

    [Theory]
    [InlineData("SocketsPerAgent", "alice", "bob")]
    [InlineData("SocketsPerTenant", "bob", null)]
    [InlineData("Sockets", "bob", null)]
    public async Task TooManySockets_Close1008_UntilOneLeaves(string option, string refused, string? accepted)
    {
        await using var gateway = Start(null, ($"AgentMesh:Watching:{option}", "2"));
        var one = await SocketClient.ConnectAsync(gateway);
        using var two = await SocketClient.ConnectAsync(gateway);
        using (var third = await SocketClient.OpenAsync(gateway, refused))
        {
            Assert.Empty(await third.ToEndAsync());
            Assert.Equal((WebSocketCloseStatus.PolicyViolation, "too many sockets"), (third.CloseStatus, third.CloseReason));
        }

        // Event streams count too, and can still be told in HTTP.
        using (var request = new HttpRequestMessage(HttpMethod.Get, At(gateway, $"/agent/{refused}/events")))
        {
            using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            await response.IsProblemAsync(429, "too_many_sockets");
        }

        if (accepted is not null)
            (await SocketClient.ConnectAsync(gateway, accepted)).Dispose();
        await one.CloseAsync();
        one.Dispose();
        await LeftAsync(gateway, refused);
    }

    [Fact]
    public async Task Heartbeat_IsAFrame_AndAPingOfTheProtocol()
    {
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        using var socket = await SocketClient.ConnectAsync(gateway);
        for (var i = 0; i < 5; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(29));
            await PingPongAsync(socket);
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("""{"type":"ping"}""", await socket.NextTextAsync());
            // Whether the tick has come before the next one is for the clock to say: the client answers either way.
            await socket.SendAsync("""{"type":"pong"}""");
        }
    }

    [Fact]
    public async Task SilentSocket_IsClosed()
    {
        var clock = new FakeTimeProvider();
        await using var gateway = Start(
            clock, ("AgentMesh:Watching:HeartbeatInterval", "00:00:50"), ("AgentMesh:Watching:SilenceTimeout", "00:01:00"), ("AgentMesh:Watching:CloseTimeout", "1.00:00:00"));
        using var socket = await RawSocket.ConnectAsync(gateway);
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal("""{"type":"ping"}""", await socket.NextTextAsync());
        // The protocol's ping is not answered, so nothing comes. The silence counts from when the gateway began to listen, which the client
        // cannot know: its clock is moved on until it closes.
        var closed = socket.ToCloseAsync();
        while (!closed.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal((1008, "silent"), (await closed).Close);
    }

    [Fact]
    public async Task ClientThatOnlyListens_LivesByThePongsOfItsLibrary()
    {
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        using var socket = await SocketClient.ConnectAsync(gateway);
        for (var i = 0; i < 8; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            // ClientWebSocket answers the protocol's ping behind this frame once it reads on; the message shows that it lives.
            Assert.Equal("""{"type":"ping"}""", await socket.NextTextAsync());
            await PostAsync(gateway, "hi");
            await socket.NextAsync(2);
        }
    }

    [Fact]
    public async Task SlowReader_IsGivenUpWith1008_AndOthersDoNotNotice()
    {
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        using var slow = await RawSocket.ConnectAsync(gateway);
        using var quick = await SocketClient.ConnectAsync(gateway);
        var text = new string('x', 60_000);
        // More than every buffer between the two takes, and nobody reads.
        var hub = gateway.Services.GetRequiredService<WatchHub>();
        const int Posts = 150;
        for (var i = 0; i < Posts; i++)
        {
            await PostAsync(gateway, text);
            await quick.NextAsync(2);
        }

        // The quick one answers pings; the slow one hangs in a write all the time.
        for (var i = 0; i < 31; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await PingPongAsync(quick);
        }

        var (frames, close) = await slow.ToCloseAsync();
        Assert.Equal((1008, "reads too slowly"), close);
        Assert.InRange(frames, 1, (2 * Posts) - 1);
        Assert.Equal(1, hub.AgentCount);
    }

    [Fact]
    public async Task SlowReader_ThatReadsInTime_GetsEverythingInOrder()
    {
        await using var gateway = Start();
        using var slow = await SocketClient.ConnectAsync(gateway);
        const int Posts = 100;
        for (var i = 0; i < Posts; i++)
            await PostAsync(gateway, new string('x', 60_000));
        var seqs = (await slow.NextAsync(2 * Posts)).Select(frame => frame.GetProperty("seq").GetInt64());
        Assert.Equal(Enumerable.Range(1, 2 * Posts).Select(seq => (long)seq), seqs);
    }

    [Fact]
    public async Task Shutdown_SendsWhatIsDue_AndCloses1001()
    {
        Agent.Chat(5);
        var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        using var other = await SocketClient.ConnectAsync(gateway, "bob");
        var release = new TaskCompletionSource();
        Sidecar.Then(async context =>
        {
            await release.Task;
            await FakeSidecar.Text(200, """{"value":{"response":"late","messageCount":12,"seq":12,"turnId":"t6","sessionId":"default","at":2,"userSeq":11,"userAt":1}}""")(context);
        });
        await socket.MessageAsync("just before");
        while (Calls("PostMessage") == 0)
            await Sidecar.NextCallAsync();
        var stopping = gateway.StopAsync();
        Assert.Empty(await other.ToEndAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, other.CloseStatus);
        release.SetResult();
        Assert.Equal([11, 12], (await socket.ToEndAsync()).Select(frame => frame.GetProperty("seq").GetInt64()));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        await stopping;
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task LastSocketThatLeaves_LeavesNothing()
    {
        await using var gateway = Start();
        var one = await SocketClient.ConnectAsync(gateway);
        var two = await SocketClient.ConnectAsync(gateway);
        var hub = gateway.Services.GetRequiredService<WatchHub>();
        Assert.Equal(1, hub.AgentCount);
        await one.CloseAsync();
        one.Dispose();
        // Without a close: the connection is just gone.
        two.Dispose();
        while (hub.AgentCount > 0)
            await Task.Yield();
        await AnnounceAsync(gateway, new AgentSeq("default:alice", 7));
        Assert.Equal(0, hub.AgentCount);
    }

    private static async Task PingPongAsync(SocketClient socket)
    {
        await socket.SendAsync("""{"type":"ping"}""");
        string text;
        while ((text = await socket.NextTextAsync()) != """{"type":"pong"}""")
            Assert.Equal("""{"type":"ping"}""", text);
    }

    // A socket that closed is taken out a moment after the client has its close: the next one to be accepted shows it.
    private static async Task LeftAsync(GatewayServer gateway, string user)
    {
        while (true)
        {
            using var socket = await SocketClient.OpenAsync(gateway, user);
            if (await socket.IsWelcomeAsync())
                return;
        }
    }
}
