using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Tests.Watching;
using AgentMesh.Gateway.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Turns;

/// <summary>Messages that a model answers, in the four ways a caller may take the answer.</summary>
public sealed class TurnTests : WatchTest
{
    private const string Answered = """{"response":"Hello","messageCount":2,"seq":2,"turnId":"t1","sessionId":"default"}""";

    [Fact]
    public async Task Message_WaitsForTheEndOfItsTurn()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        var answer = SendAsync(gateway);
        await KnownAsync(gateway);
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "He"));
        await AnnounceAsync(gateway, Seq(Agent.Append(EventTypes.MessageRemoved, new EventData("t0"))));
        await AnnounceAsync(gateway, Seq(Agent.Complete("t1", "Hello")));
        using var response = await answer;
        Assert.Equal("""{"response":"Hello","messageCount":2,"seq":3,"turnId":"t1","sessionId":"default"}""", await response.IsJsonAsync());
    }

    [Fact]
    public async Task EndThatCameBeforeTheWait_IsFound()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var first = await SendAsync(gateway, ("Prefer", "respond-async"));
        Agent.Complete("t1", "Hello");
        // The answer to a repeat that was on its way when the turn ended.
        Sidecar.Then(FakeSidecar.Text(200, """{"value":{"messageCount":1,"seq":1,"turnId":"t1","sessionId":"default","at":1,"userSeq":1,"userAt":1}}"""));
        using var repeat = await SendAsync(gateway);
        Assert.Equal(Answered, await repeat.IsJsonAsync());
    }

    [Theory]
    [InlineData(TurnStatus.Failed, "turn_failed", 502)]
    [InlineData(TurnStatus.Failed, "turn_timed_out", 504)]
    [InlineData(TurnStatus.Canceled, "turn_canceled", 409)]
    public async Task TurnWithoutAnAnswer_IsItsProblem(string status, string code, int http)
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        var answer = SendAsync(gateway);
        await KnownAsync(gateway);
        await AnnounceAsync(gateway, Seq(Agent.Fail("t1", status, code)));
        using var response = await answer;
        var problem = await response.IsProblemAsync(http, code);
        Assert.Equal("Because.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task WaitThatIsTooLong_IsAnswered202()
    {
        Agent.IsModel = true;
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        var answer = SendAsync(gateway);
        await KnownAsync(gateway);
        clock.Advance(TimeSpan.FromSeconds(100));

        using var response = await answer;
        await IsAcceptedAsync(response, "running");
        Assert.False(response.Headers.Contains("Preference-Applied"));
    }

    [Fact]
    public async Task Shutdown_AnswersWhoWaits202()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        var answer = SendAsync(gateway);
        await KnownAsync(gateway);
        var stopping = gateway.StopAsync();
        using var response = await answer;
        await IsAcceptedAsync(response, "running");
        await stopping;
    }

    [Fact]
    public async Task Shutdown_EndsAStreamWithoutAnEnd()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var stream = await StreamAsync(gateway);
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "Hel"));
        var stopping = gateway.StopAsync();
        Assert.Equal("delta", (await stream.NextAsync()).Type);
        Assert.Null(await stream.NextOrEndAsync());
        await stopping;
    }

    [Fact]
    public async Task LostAnnouncement_IsMadeUpForByTheCheck()
    {
        Agent.IsModel = true;
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        var answer = SendAsync(gateway);
        await KnownAsync(gateway);
        Agent.Complete("t1", "Hello");
        clock.Advance(TimeSpan.FromSeconds(3));

        using var response = await answer;
        Assert.Equal(Answered, await response.IsJsonAsync());
    }

    [Fact]
    public async Task CallerThatLeaves_EndsTheWaitOnly()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var leave = new CancellationTokenSource();
        using var content = JsonContent.Create(new { content = "hi" });
        var answer = Http.PostAsync(At(gateway, "/agent/alice/message"), content, leave.Token);
        await KnownAsync(gateway);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        while (gateway.Services.GetRequiredService<WatchHub>().AgentCount > 0)
            await Task.Yield();
        Assert.Equal(0, Calls("CancelTurn"));
    }

    [Theory]
    [InlineData("respond-async")]
    [InlineData("return=minimal, Respond-Async; x=1")]
    [InlineData("wait=10,respond-async")]
    public async Task RespondAsync_IsAnswered202AtOnce(string prefer)
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var response = await SendAsync(gateway, ("Prefer", prefer));
        await IsAcceptedAsync(response, "running");
        Assert.Equal("respond-async", response.Headers.GetValues("Preference-Applied").Single());

        await using var other = Start();
        Agent.Complete("t1", "Hello");
        Assert.Equal(
            """{"turnId":"t1","sessionId":"default","status":"completed","attempt":1,"userSeq":1,"createdAt":"2026-11-23T17:06:03.007Z","answer":{"response":"Hello","messageCount":2,"seq":2,"turnId":"t1","sessionId":"default"}}""",
            await Http.GetStringAsync(At(other, "/agent/alice/turns/t1"), Token));
    }

    [Fact]
    public async Task RespondAsync_OfAnAnswerThatIsThere_IsACompletedTurn()
    {
        await using var gateway = Start();
        using var response = await SendAsync(gateway, ("Prefer", "respond-async"));
        await IsAcceptedAsync(response, "completed");
    }

    [Theory]
    [InlineData("respond")]
    [InlineData("x=respond-async")]
    [InlineData("")]
    public async Task OtherPreferences_ChangeNothing(string prefer)
    {
        await using var gateway = Start();
        using var response = await SendAsync(gateway, ("Prefer", prefer));
        await response.IsJsonAsync();
    }

    [Fact]
    public async Task Stream_BringsTheTextAsItIsWritten_ThenTheMessage_ThenDone()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var stream = await StreamAsync(gateway);
        Assert.Equal("/agent/alice/turns/t1", stream.Response.Headers.Location?.ToString());
        await AnnounceAsync(gateway, Delta("t9", 1, 0, "of another turn"));
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "Hel"));
        Assert.Equal(new StreamedEvent(null, "delta", """{"type":"delta","turn":"t1","attempt":1,"at":0,"text":"Hel"}"""), await stream.NextAsync());
        // The rest of the text is announced nowhere; what was streamed makes up the answer all the same.
        await AnnounceAsync(gateway, Seq(Agent.Complete("t1", "Hello")));
        Assert.Equal(new StreamedEvent(null, "delta", """{"type":"delta","turn":"t1","attempt":1,"at":3,"text":"lo"}"""), await stream.NextAsync());
        Assert.Equal(new StreamedEvent(null, "message", Answered), await stream.NextAsync());
        Assert.Equal(new StreamedEvent(null, "done", "{}"), await stream.NextAsync());
        Assert.Null(await stream.NextOrEndAsync());
    }

    [Fact]
    public async Task Stream_OfAnAnswerThatIsThere_IsOneDelta()
    {
        await using var gateway = Start();
        using var stream = await StreamAsync(gateway);
        Assert.Equal(
            [
                new(null, "delta", """{"type":"delta","turn":"t1","attempt":1,"at":0,"text":"You said: hi"}"""),
                new(null, "message", """{"response":"You said: hi","messageCount":2,"seq":2,"turnId":"t1","sessionId":"default"}"""),
                new(null, "done", "{}"),
            ],
            await stream.NextAsync(3));
        Assert.Null(await stream.NextOrEndAsync());
    }

    [Fact]
    public async Task Stream_OfATurnWithoutAnAnswer_EndsWithAnError()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var stream = await StreamAsync(gateway);
        await AnnounceAsync(gateway, Seq(Agent.Fail("t1", TurnStatus.Failed, "turn_failed")));
        Assert.Equal(new StreamedEvent(null, "error", """{"type":"error","code":"turn_failed","detail":"Because."}"""), await stream.NextAsync());
        Assert.Null(await stream.NextOrEndAsync());
    }

    [Fact]
    public async Task Stream_OfARefusedMessage_IsAProblem()
    {
        await using var gateway = Start();
        Sidecar.Then(FakeSidecar.Text(200, """{"refusal":{"code":"turn_running","detail":"A turn runs."}}"""));
        using var response = await SendAsync(gateway, ("Accept", "text/event-stream"));
        await response.IsProblemAsync(409, "turn_running");
    }

    [Fact]
    public async Task Cancel_EndsTheTurn_AndWhoeverWaitsForIt()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        var answer = SendAsync(gateway);
        await KnownAsync(gateway);
        using var cancel = await Http.PostAsync(At(gateway, "/agent/alice/turns/t1/cancel"), null, Token);
        Assert.Equal(
            """{"turnId":"t1","sessionId":"default","status":"canceled","attempt":1,"userSeq":1,"createdAt":"2026-11-23T17:06:03.007Z","error":{"seq":2,"code":"turn_canceled","detail":"Because."}}""",
            await cancel.IsJsonAsync());
        using var response = await answer;
        await response.IsProblemAsync(409, "turn_canceled");
    }

    [Theory]
    [InlineData("GET", "/agent/alice/turns/t99", true)]
    [InlineData("GET", "/agent/alice/turns/T!", false)]
    [InlineData("POST", "/agent/alice/turns/t99/cancel", true)]
    [InlineData("POST", "/agent/alice/turns/%C3%A4/cancel", false)]
    public async Task UnknownTurn_IsNotFound(string method, string path, bool isAsked)
    {
        await using var gateway = Start();
        using var request = new HttpRequestMessage(new HttpMethod(method), At(gateway, path));
        using var response = await Http.SendAsync(request, Token);
        await response.IsProblemAsync(404, "turn_not_found");
        Assert.Equal(isAsked ? 1 : 0, Sidecar.Calls.Count);
    }

    [Fact]
    public async Task RateLimit_IsInTheHeaders()
    {
        Agent.RateLimit = new RateLimit(10, 60, 9, 50);
        await using var gateway = Start();
        using var response = await SendAsync(gateway);
        Assert.Equal(("\"default\";q=10;w=60", "\"default\";r=9;t=50"), LimitsOf(response));
        Assert.Null(response.Headers.RetryAfter);

        Sidecar.Then(FakeSidecar.Text(200, """{"refusal":{"code":"rate_limited","detail":"AgentMesh__RateLimit__Permits."},"rateLimit":{"permits":10,"windowSeconds":60,"remaining":0,"resetSeconds":7}}"""));
        using var refused = await SendAsync(gateway);
        await refused.IsProblemAsync(429, "rate_limited");
        Assert.Equal(("\"default\";q=10;w=60", "\"default\";r=0;t=7"), LimitsOf(refused));
        Assert.Equal("7", refused.Headers.RetryAfter?.ToString());
    }

    [Theory]
    [InlineData("\"enqueue\"", null)]
    [InlineData("\"reject\"", null)]
    [InlineData("\"interrupt\"", null)]
    [InlineData("null", null)]
    [InlineData("\"\"", "invalid_if_busy")]
    [InlineData("\"Reject\"", "invalid_if_busy")]
    [InlineData("\"drop\"", "invalid_if_busy")]
    [InlineData("1", "invalid_request")]
    public async Task IfBusy_IsOneOfThree(string policy, string? code)
    {
        await using var gateway = Start();
        using var content = new StringContent($$"""{"content":"hi","ifBusy":{{policy}}}""", null, "application/json");
        using var response = await Http.PostAsync(At(gateway, "/agent/alice/message"), content, Token);
        if (code is not null)
        {
            await response.IsProblemAsync(400, code);
            return;
        }

        await response.IsJsonAsync();
        var sent = JsonDocument.Parse(Sidecar.Calls[0].Body).RootElement;
        Assert.Equal(policy == "null" ? null : policy.Trim('"'), sent.TryGetProperty("ifBusy", out var given) ? given.GetString() : null);
    }

    private async Task<HttpResponseMessage> SendAsync(GatewayServer gateway, params (string Name, string Value)[] headers)
    {
        using var request = Message(gateway);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private Task<EventStreamClient> StreamAsync(GatewayServer gateway) => EventStreamClient.SendAsync(Http, Message(gateway));

    private static HttpRequestMessage Message(GatewayServer gateway) =>
        new(HttpMethod.Post, At(gateway, "/agent/alice/message")) { Content = JsonContent.Create(new { content = "hi" }) };

    private static async Task IsAcceptedAsync(HttpResponseMessage response, string status)
    {
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("/agent/alice/turns/t1", response.Headers.Location?.ToString());
        Assert.Equal($$"""{"turnId":"t1","sessionId":"default","status":"{{status}}"}""", await response.Content.ReadAsStringAsync(Token));
    }

    private static (string? Policy, string? Limit) LimitsOf(HttpResponseMessage response) =>
        (response.Headers.GetValues("RateLimit-Policy").Single(), response.Headers.GetValues("RateLimit").Single());
}
