using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Tests.Watching;
using AgentMesh.Gateway.Watching;

namespace AgentMesh.Gateway.Tests.Turns;

/// <summary>Turns that wait until there is budget, in the ways a caller may take the answer.</summary>
public sealed class PauseTests : WatchTest
{
    private const string Members = "\"turnId\":\"t1\",\"scope\":\"agent\",\"asset\":\"USD\",\"window\":\"rolling:24h\",\"available\":\"17\",\"resetsAt\":\"2026-11-23T17:06:03.007Z\"";

    [Fact]
    public async Task Wait_EndsWithThePause_AndSaysWhere()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        var answer = SendAsync(gateway);
        await KnownAsync(gateway);
        await AnnounceAsync(gateway, Seq(Agent.Pause("t1")));
        using var response = await answer;
        IsPause(await response.IsProblemAsync(403, "budget_exceeded"));
    }

    [Fact]
    public async Task RepeatOfAPausedMessage_IsItsPause_AndItsAnswerWhenItHasGoneOn()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var first = await SendAsync(gateway, ("Prefer", "respond-async"));
        Agent.Pause("t1");
        Repeat();
        using var paused = await SendAsync(gateway);
        IsPause(await paused.IsProblemAsync(403, "budget_exceeded"));

        // The pause is in the log that the repeat reads, and over.
        Agent.Resume("t1");
        Repeat();
        var answer = SendAsync(gateway);
        await KnownAsync(gateway);
        await AnnounceAsync(gateway, Seq(Agent.Complete("t1", "Hello")));
        using var response = await answer;
        Assert.Equal("""{"response":"Hello","messageCount":2,"seq":4,"turnId":"t1","sessionId":"default"}""", await response.IsJsonAsync());
    }

    [Fact]
    public async Task MessageBehindAPausedTurn_IsRefusedWithThatTurn()
    {
        await using var gateway = Start();
        Sidecar.Then(FakeSidecar.Text(
            200,
            """{"refusal":{"code":"budget_exceeded","detail":"There is not enough."},"shortage":{"scope":"agent","asset":"USD","window":"rolling:24h","available":"17","resetsAt":"2026-11-23T17:06:03.007+00:00"},"pausedTurn":"t1"}"""));
        using var response = await SendAsync(gateway);
        IsPause(await response.IsProblemAsync(403, "budget_exceeded"));
    }

    [Fact]
    public async Task Stream_BringsThePauseThenAnError()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var stream = await EventStreamClient.SendAsync(Http, Message(gateway));
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "Hel"));
        Assert.Equal("delta", (await stream.NextAsync()).Type);
        await AnnounceAsync(gateway, Seq(Agent.Pause("t1")));
        var paused = await stream.NextAsync();
        Assert.Equal(("turn_paused", "budget_reached"), (paused.Type, JsonDocument.Parse(paused.Data).RootElement.GetProperty("data").GetProperty("reason").GetString()));
        Assert.Equal(
            new StreamedEvent(null, "error", $$"""{"type":"error","code":"budget_exceeded","detail":"There is not enough.",{{Members}}}"""), await stream.NextAsync());
        Assert.Null(await stream.NextOrEndAsync());
    }

    [Fact]
    public async Task Socket_GetsTheEvent_AndTheSenderAnErrorOfItsMessage()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var sender = await SocketClient.ConnectAsync(gateway);
        using var other = await SocketClient.ConnectAsync(gateway);
        await sender.SendAsync("""{"type":"message","content":"hi","id":"mine"}""");
        await sender.NextTextAsync();
        await AnnounceAsync(gateway, Seq(Agent.Pause("t1")));
        Assert.Equal("turn_paused", (await sender.NextAsync()).GetProperty("event").GetProperty("type").GetString());
        Assert.Equal(
            $$"""{"type":"error","code":"budget_exceeded","detail":"There is not enough.",{{Members}},"id":"mine"}""", await sender.NextTextAsync());
        await AnnounceAsync(gateway, Seq(Agent.Resume("t1")));
        await AnnounceAsync(gateway, Seq(Agent.Complete("t1", "Hello")));
        Assert.Equal("turn_resumed", (await sender.NextAsync()).GetProperty("event").GetProperty("type").GetString());
        // Who has not sent it gets the events, and no error.
        var frames = await other.NextAsync(4);
        Assert.Equal(["message", "event", "event", "message"], frames.Select(frame => frame.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Turn_SaysWhyItWaits()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var first = await SendAsync(gateway, ("Prefer", "respond-async"));
        Agent.Pause("t1");
        Assert.Equal(
            """{"turnId":"t1","sessionId":"default","status":"paused","attempt":1,"userSeq":1,"createdAt":"2026-11-23T17:06:03.007Z","pause":{"reason":"budget_reached","code":"budget_exceeded","detail":"There is not enough.","scope":"agent","asset":"USD","window":"rolling:24h","available":"17","resetsAt":"2026-11-23T17:06:03.007Z","pausedAt":"2026-11-23T17:06:03.007Z"}}""",
            await Http.GetStringAsync(At(gateway, "/agent/alice/turns/t1"), Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Resume_GoesOnWhenThereIsBudget(bool hasBudget)
    {
        Agent.IsModel = true;
        Agent.HasBudget = hasBudget;
        await using var gateway = Start();
        using var first = await SendAsync(gateway, ("Prefer", "respond-async"));
        Agent.Pause("t1");
        using var response = await Http.PostAsync(At(gateway, "/agent/alice/turns/t1/resume"), null, Token);
        if (hasBudget)
            Assert.Equal("running", JsonDocument.Parse(await response.IsJsonAsync()).RootElement.GetProperty("status").GetString());
        else
            IsPause(await response.IsProblemAsync(403, "budget_exceeded"));
    }

    [Fact]
    public async Task Resume_OfATurnThatIsNone_IsNotFound()
    {
        await using var gateway = Start();
        using var response = await Http.PostAsync(At(gateway, "/agent/alice/turns/t99/resume"), null, Token);
        await response.IsProblemAsync(404, "turn_not_found");
    }

    /// <summary>An agent that only waits is left alone: nobody asks it whether the turn has ended.</summary>
    [Fact]
    public void PausedTurn_IsNotAskedFor()
    {
        var turns = new WatchedTurns(1000);
        Take(new EventData("t1", "user", "hi"), EventTypes.Message);
        Assert.True(turns.AnyOpen);
        Assert.True(turns.TryAdd(new TurnDelta("default:alice", "default", "t1", 1, 0, "Hel")));
        Take(new EventData(Json: """{"turn":"t1"}"""), EventTypes.TurnPaused);
        Assert.False(turns.AnyOpen);
        Take(new EventData(Json: """{"turn":"t1","attempt":2}"""), EventTypes.TurnResumed);
        Assert.True(turns.AnyOpen);
        Take(new EventData("t1", "assistant", "Hello"), EventTypes.Message);
        Assert.False(turns.AnyOpen);

        void Take(EventData data, string type) => turns.Take(new WatchedEvent(new AgentEvent(1, 1, "default", type, data)));
    }

    private void Repeat() =>
        Sidecar.Then(FakeSidecar.Text(200, """{"value":{"messageCount":1,"seq":1,"turnId":"t1","sessionId":"default","at":1,"userSeq":1,"userAt":1}}"""));

    private async Task<HttpResponseMessage> SendAsync(GatewayServer gateway, params (string Name, string Value)[] headers)
    {
        using var request = Message(gateway);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private static HttpRequestMessage Message(GatewayServer gateway) =>
        new(HttpMethod.Post, At(gateway, "/agent/alice/message")) { Content = JsonContent.Create(new { content = "hi" }) };

    private static void IsPause(JsonElement problem) => Assert.Equal(
        ("There is not enough.", "t1", "agent", "USD", "rolling:24h", "17", "2026-11-23T17:06:03.007Z"),
        (Text(problem, "detail"), Text(problem, "turnId"), Text(problem, "scope"), Text(problem, "asset"), Text(problem, "window"), Text(problem, "available"), Text(problem, "resetsAt")));

    private static string? Text(JsonElement problem, string member) => problem.GetProperty(member).GetString();
}
