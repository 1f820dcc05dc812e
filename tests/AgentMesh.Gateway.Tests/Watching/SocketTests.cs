using System.Net;
using System.Net.WebSockets;
using System.Text;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Tests.Watching;

public sealed class SocketTests : WatchTest
{
    [Theory]
    [InlineData(null, "null")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "\"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\"")]
    public async Task Welcome_ComesFirst_AndTellsWhereTheLogIs(string? wallet, string shown)
    {
        Agent.Chat(2);
        Agent.Wallet = wallet;
        await using var gateway = Start();
        using var socket = await SocketClient.OpenAsync(gateway);
        Assert.Equal(
            $$"""{"type":"welcome","userId":"alice","walletAddress":{{shown}},"messageCount":4,"lastSeq":4}""", await socket.NextTextAsync());
    }

    [Fact]
    public async Task Message_IsPosted_AndComesBackWithItsAnswer()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync("""{"type":"message","content":"hi \"ä\" <b>"}""");
        Assert.Equal(
            """{"type":"message","role":"user","content":"hi \"ä\" <b>","timestamp":1795453563007,"seq":1,"sessionId":"default","turn":"t1"}""",
            await socket.NextTextAsync());
        Assert.Equal(
            """{"type":"message","role":"assistant","content":"You said: hi \"ä\" <b>","timestamp":1795453563008,"seq":2,"sessionId":"default","turn":"t1"}""",
            await socket.NextTextAsync());
    }

    [Fact]
    public async Task EverySocket_GetsEveryMessage_WhoeverSentIt()
    {
        await using var gateway = Start();
        using var one = await SocketClient.ConnectAsync(gateway);
        using var two = await SocketClient.ConnectAsync(gateway);
        using var other = await SocketClient.ConnectAsync(gateway, "bob");
        await one.MessageAsync("over a socket");
        var first = await one.NextAsync(2);
        await PostAsync(gateway, "over HTTP");
        Assert.Equal([1, 2], first.Select(Seq));
        Assert.Equal([3, 4], (await one.NextAsync(2)).Select(Seq));
        Assert.Equal([1, 2, 3, 4], (await two.NextAsync(4)).Select(Seq));
        // What is appended from the request and its reply need not be read.
        Assert.Equal(0, Calls("ReadEvents"));
    }

    [Fact]
    public async Task MessagesOfOneSocket_ArePostedInTheirOrder()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        for (var i = 0; i < 50; i++)
            await socket.MessageAsync($"{i}");
        var frames = await socket.NextAsync(100);
        Assert.Equal(Enumerable.Range(1, 100).Select(seq => (long)seq), frames.Select(Seq));
        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => $"{i}"),
            frames.Where(frame => frame.GetProperty("role").GetString() == "user").Select(frame => frame.GetProperty("content").GetString()!));
    }

    [Fact]
    public async Task PendingTurn_DoesNotHoldTheNextMessage()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.MessageAsync("one");
        await socket.MessageAsync("two");
        Assert.Equal([1, 2], (await socket.NextAsync(2)).Select(Seq));
        await AnnounceAsync(gateway, Seq(Agent.Complete("t1", "first")));
        await AnnounceAsync(gateway, Seq(Agent.Complete("t2", "second")));
        Assert.Equal(["first", "second"], (await socket.NextAsync(2)).Select(frame => frame.GetProperty("content").GetString()!));
    }

    [Fact]
    public async Task SessionIdAndPolicy_ReachTheActor()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync("""{"type":"message","content":"hi","sessionId":"abc","id":"k-1","ifBusy":"reject","other":[1]}""");
        Assert.Equal("abc", (await socket.NextAsync()).GetProperty("sessionId").GetString());
        var body = Sidecar.Calls.Single(call => call.Path.EndsWith("/PostMessage", StringComparison.Ordinal)).Body;
        Assert.Matches("""^\{"content":"hi","sessionId":"abc","requestId":"[0-9a-f]{32}","idempotencyKey":"k-1","ifBusy":"reject"\}$""", body);
    }

    [Fact]
    public async Task OtherEvents_AreEventFrames()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        Agent.Append(EventTypes.MessageRemoved, new EventData(), "abc");
        Agent.Append(EventTypes.Error, new EventData("t9", Code: "turn_failed", Detail: "No."));
        await AnnounceAsync(gateway, Seq(Agent.Append(EventTypes.Tool, new EventData(Json: """{"turn":"t9","tool":"get_weather"}"""))));
        Assert.Equal(
            """{"type":"event","event":{"seq":1,"at":"2026-11-23T17:06:03.007Z","session":"abc","type":"message_removed","data":{}}}""",
            await socket.NextTextAsync());
        Assert.Equal(
            """{"type":"event","event":{"seq":2,"at":"2026-11-23T17:06:03.008Z","session":"default","type":"error","data":{"turn":"t9","code":"turn_failed","detail":"No."}}}""",
            await socket.NextTextAsync());
        Assert.Equal(
            """{"type":"event","event":{"seq":3,"at":"2026-11-23T17:06:03.009Z","session":"default","type":"tool","data":{"turn":"t9","tool":"get_weather"}}}""",
            await socket.NextTextAsync());
    }

    [Fact]
    public async Task Ping_IsAnswered_AndPongIsNot()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync("""{"type":"pong"}""");
        await socket.SendAsync("""{"type":"ping"}""");
        Assert.Equal("""{"type":"pong"}""", await socket.NextTextAsync());
    }

    [Theory]
    [InlineData("", "invalid_json")]
    [InlineData("{", "invalid_json")]
    [InlineData("nope", "invalid_json")]
    [InlineData("{\"type\":\"ping\"} x", "invalid_json")]
    [InlineData("{\"type\":\"ping\",\"type\":\"pong\"}", "invalid_json")]
    [InlineData("null", "invalid_frame")]
    [InlineData("5", "invalid_frame")]
    [InlineData("[]", "invalid_frame")]
    [InlineData("\"ping\"", "invalid_frame")]
    [InlineData("{}", "invalid_frame")]
    [InlineData("{\"type\":null}", "invalid_frame")]
    [InlineData("{\"type\":5}", "invalid_frame")]
    [InlineData("{\"type\":\"nope\"}", "invalid_frame")]
    [InlineData("{\"type\":\"Message\",\"content\":\"hi\"}", "invalid_frame")]
    [InlineData("{\"type\":\"welcome\"}", "invalid_frame")]
    [InlineData("{\"type\":\"message\"}", "invalid_content")]
    [InlineData("{\"type\":\"message\",\"content\":null}", "invalid_content")]
    [InlineData("{\"type\":\"message\",\"content\":\"\"}", "invalid_content")]
    [InlineData("{\"type\":\"message\",\"content\":\" \\t\"}", "invalid_content")]
    [InlineData("{\"type\":\"message\",\"content\":5}", "invalid_request")]
    [InlineData("{\"type\":\"message\",\"content\":\"\\ud800\"}", "invalid_request")]
    [InlineData("{\"type\":\"message\",\"content\":\"hi\",\"sessionId\":{}}", "invalid_request")]
    [InlineData("{\"type\":\"message\",\"content\":\"hi\",\"sessionId\":\"\"}", "session_not_found")]
    [InlineData("{\"type\":\"message\",\"content\":\"hi\",\"ifBusy\":\"later\"}", "invalid_if_busy")]
    [InlineData("{\"type\":\"message\",\"content\":\"hi\",\"ifBusy\":1}", "invalid_request")]
    [InlineData("{\"type\":\"message\",\"content\":\"hi\",\"id\":\"\"}", "invalid_idempotency_key")]
    [InlineData("{\"type\":\"message\",\"content\":\"hi\",\"id\":7}", "invalid_idempotency_key")]
    [InlineData("{\"type\":\"message\",\"content\":\"hi\",\"id\":\"a b\"}", "invalid_idempotency_key")]
    [InlineData("{\"type\":\"resume\"}", "invalid_after")]
    [InlineData("{\"type\":\"resume\",\"after\":null}", "invalid_after")]
    [InlineData("{\"type\":\"resume\",\"after\":-1}", "invalid_after")]
    [InlineData("{\"type\":\"resume\",\"after\":1.5}", "invalid_after")]
    [InlineData("{\"type\":\"resume\",\"after\":\"1\"}", "invalid_after")]
    [InlineData("{\"type\":\"resume\",\"after\":9223372036854775808}", "invalid_after")]
    public async Task MalformedFrame_IsAnsweredWithAnError_AndTheSocketStaysOpen(string frame, string code)
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync(frame);
        var error = await socket.NextAsync();
        Assert.Equal(("error", code), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        Assert.NotEmpty(error.GetProperty("detail").GetString()!);
        await socket.SendAsync("""{"type":"ping"}""");
        Assert.Equal("""{"type":"pong"}""", await socket.NextTextAsync());
        Assert.Equal(0, Calls("PostMessage"));
    }

    [Theory]
    [InlineData(65536, null)]
    [InlineData(65537, "invalid_content")]
    public async Task LongContent_HasTheLimitOfAMessage(int length, string? code)
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.MessageAsync(new string('a', length));
        var frame = await socket.NextAsync();
        Assert.Equal(code, frame.TryGetProperty("code", out var given) ? given.GetString() : null);
    }

    [Fact]
    public async Task NestedTooDeeply_IsRefused()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync($$"""{"type":"ping","other":{{new string('[', 32)}}{{new string(']', 32)}}}""");
        Assert.Equal("invalid_json", (await socket.NextAsync()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task BinaryFrame_IsRefused()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync("""{"type":"ping"}"""u8.ToArray(), WebSocketMessageType.Binary);
        Assert.Equal("invalid_frame", (await socket.NextAsync()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task FrameInPieces_IsOneFrame()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync("""{"type":"""u8.ToArray(), WebSocketMessageType.Text, isEnd: false);
        await socket.SendAsync([], WebSocketMessageType.Text, isEnd: false);
        await socket.SendAsync(Encoding.UTF8.GetBytes("\"ping\"" + new string(' ', 20_000) + "}"), WebSocketMessageType.Text);
        Assert.Equal("""{"type":"pong"}""", await socket.NextTextAsync());
    }

    [Fact]
    public async Task RefusalOfTheAgent_IsAnError_WithTheClientsId()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        Sidecar.Then(FakeSidecar.Text(200, """{"refusal":{"code":"rate_limited","detail":"Too many."},"rateLimit":{"permits":1,"windowSeconds":60,"remaining":0,"resetSeconds":9}}"""));
        await socket.SendAsync("""{"type":"message","content":"hi","id":"k"}""");
        Assert.Equal("""{"type":"error","code":"rate_limited","detail":"Too many.","id":"k"}""", await socket.NextTextAsync());
    }

    [Fact]
    public async Task ClosedByTheClient_IsAnsweredWithItsCode()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.CloseAsync((WebSocketCloseStatus)4000);
        Assert.Equal((WebSocketCloseStatus)4000, socket.CloseStatus);
    }

    [Fact]
    public async Task NotUtf8_EndsTheSocketWith1007()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync([0xff, 0xfe], WebSocketMessageType.Text);
        await socket.ToEndAsync();
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, socket.CloseStatus);
    }

    [Fact]
    public async Task UnknownSubprotocol_IsNotAnswered()
    {
        // A client that insists on one then closes by itself; browsers do.
        await using var gateway = Start();
        using var request = Upgrade(gateway, ("Sec-WebSocket-Protocol", "chat, superchat"), ("Sec-WebSocket-Extensions", "permessage-deflate"));
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", response.Headers.GetValues("Sec-WebSocket-Accept").Single());
        Assert.False(response.Headers.Contains("Sec-WebSocket-Protocol"));
        Assert.False(response.Headers.Contains("Sec-WebSocket-Extensions"));
    }

    [Theory]
    [InlineData("Upgrade", "h2c", 426, "upgrade_required")]
    [InlineData("Sec-WebSocket-Version", "8", 426, "upgrade_required")]
    [InlineData("Sec-WebSocket-Version", null, 426, "upgrade_required")]
    [InlineData("Sec-WebSocket-Key", null, 400, "bad_request")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZQ==", 400, "bad_request")]
    [InlineData("Sec-WebSocket-Key", "not base64", 400, "bad_request")]
    [InlineData("Origin", "http://evil.com", 403, "foreign_origin")]
    public async Task BadHandshake_IsRefused(string name, string? value, int status, string code)
    {
        await using var gateway = Start();
        using var request = Upgrade(gateway);
        request.Headers.Remove(name);
        if (value is not null)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request, Token);
        await response.IsProblemAsync(status, code);
        Assert.Equal(status == 426, response.Headers.Upgrade.Any(product => product.Name == "websocket"));
    }

    [Fact]
    public async Task PlainGet_IsToldToUpgrade()
    {
        await using var gateway = Start();
        using var response = await Http.GetAsync(At(gateway, "/agent/alice"), Token);
        await response.IsProblemAsync(426, "upgrade_required");
        Assert.Equal("websocket", response.Headers.Upgrade.ToString());
    }

    [Fact]
    public async Task OwnOrigin_MayConnect()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.OpenAsync(gateway, "alice", ("Origin", $"http://127.0.0.1:{gateway.Port}"));
        Assert.Equal("welcome", (await socket.NextAsync()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task AgentOutOfReach_RefusesTheHandshake()
    {
        Sidecar.Then(FakeSidecar.Text(401, "no"));
        await using var gateway = Start();
        using var request = Upgrade(gateway);
        using var response = await Http.SendAsync(request, Token);
        await response.IsProblemAsync(503, "agent_unavailable");
    }

    private static HttpRequestMessage Upgrade(GatewayServer gateway, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, At(gateway, "/agent/alice"));
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static long Seq(System.Text.Json.JsonElement frame) => frame.GetProperty("seq").GetInt64();
}
