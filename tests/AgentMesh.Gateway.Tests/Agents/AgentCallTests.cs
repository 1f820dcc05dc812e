using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Agents;

/// <summary>What the gateway does when the sidecar or the agent does not answer as it should.</summary>
public sealed class AgentCallTests : IAsyncLifetime
{
    private const string Invoke = "ERR_ACTOR_INVOKE_METHOD";
    private const string AppThrew = "error invoke actor method: error from actor service: (500) System.Exception: secret text of alice at Agent.cs:line 3";
    private const string Lookup =
        "error invoke actor method: failed to lookup actor: api error: code = FailedPrecondition desc = did not find address for actor 'AgentActor||default:alice'";

    private FakeSidecar _sidecar = null!;

    public async ValueTask InitializeAsync() => _sidecar = await FakeSidecar.StartAsync();

    public ValueTask DisposeAsync() => _sidecar.DisposeAsync();

    public static TheoryData<int, string, string> Unreached => new()
    {
        { 500, Invoke, Lookup },
        { 500, Invoke, "error invoke actor method: remote actor moved" },
        { 500, Invoke, "error invoke actor method: Put http://127.0.0.1:5001/actors/AgentActor/default:alice/method/PostMessage: EOF" },
        { 503, "ERR_ACTOR_RUNTIME_CLOSED", "actor runtime is closed" },
        { 400, "ERR_ACTOR_NO_PLACEMENT", "placement not configured" },
        { 404, "ERR_ACTOR_NO_ADDRESS", "did not find address" },
    };

    [Theory]
    [MemberData(nameof(Unreached))]
    public async Task Unreached_IsRetriedWithTheSameRequestId(int status, string code, string message)
    {
        _sidecar.Then(Enumerable.Repeat(FakeSidecar.Error(status, code, message), 8).ToArray());
        await using var gateway = new GatewayServer(_sidecar);
        using var response = await PostAsync(gateway);
        await response.IsJsonAsync();
        Assert.Equal(9, _sidecar.Calls.Count);
        Assert.Single(_sidecar.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement.GetProperty("requestId").GetString()).Distinct());
    }

    [Fact]
    public async Task BrokenConnections_AreRetried()
    {
        _sidecar.Then(FakeSidecar.Cut, FakeSidecar.Cut, CutInTheMiddle, FakeSidecar.Text(502, "<html>"), FakeSidecar.Text(500, ""));
        await using var gateway = new GatewayServer(_sidecar);
        using var response = await PostAsync(gateway);
        await response.IsJsonAsync();
        // At least: the HTTP client itself may repeat on a fresh connection.
        Assert.True(_sidecar.Calls.Count >= 6);
        Assert.Single(_sidecar.Calls.Select(call => call.Body).Distinct());
    }

    public static TheoryData<int, string> Failures => new()
    {
        { 500, $$"""{"errorCode":"{{Invoke}}","message":"{{AppThrew}}"}""" },
        { 500, $$"""{"errorCode":"{{Invoke}}","message":"error invoke actor method: actor method not found: secret"}""" },
        { 400, """{"errorCode":"ERR_BAD_REQUEST","message":"secret"}""" },
        { 500, """{"errorCode":"ERR_ACTOR_STACK_DEPTH","message":"secret"}""" },
        { 200, "not json" },
        { 200, "" },
        { 200, "null" },
        { 200, "{}" },
        { 200, """{"value":"secret"}""" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task FailureOfTheAgent_IsTriedThreeTimes_AndItsTextStaysInside(int status, string body)
    {
        _sidecar.Then(Enumerable.Repeat(FakeSidecar.Text(status, body), 10).ToArray());
        await using var gateway = new GatewayServer(_sidecar);
        using var response = await PostAsync(gateway);
        var problem = await response.IsProblemAsync(503, "agent_failed");
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(3, _sidecar.Calls.Count);
        Assert.Single(_sidecar.Calls.Select(call => call.Body).Distinct());
    }

    [Fact]
    public async Task FailureThatPasses_IsInvisible()
    {
        _sidecar.Then(FakeSidecar.Error(500, Invoke, AppThrew), FakeSidecar.Error(500, Invoke, Lookup), FakeSidecar.Error(500, Invoke, AppThrew));
        await using var gateway = new GatewayServer(_sidecar);
        using var response = await PostAsync(gateway);
        await response.IsJsonAsync();
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task RefusedToken_IsNotRetried(int status)
    {
        _sidecar.Then(FakeSidecar.Text(status, "invalid api token"));
        await using var gateway = new GatewayServer(_sidecar);
        using var response = await PostAsync(gateway);
        await response.IsProblemAsync(503, "agent_unavailable");
        Assert.Single(_sidecar.Calls);
    }

    [Fact]
    public async Task HangingAgent_IsCalledAgainAfter20Seconds_AndGivenUpAfter30()
    {
        var clock = new FakeTimeProvider();
        _sidecar.Then(FakeSidecar.Hang, FakeSidecar.Hang);
        await using var gateway = new GatewayServer(_sidecar, clock);
        var answer = PostAsync(gateway);
        var first = await _sidecar.NextCallAsync();
        clock.Advance(TimeSpan.FromSeconds(20));
        var second = await _sidecar.NextCallAsync();
        Assert.Equal(first.Body, second.Body);
        Assert.False(answer.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(10));

        using var response = await answer;
        await response.IsProblemAsync(503, "agent_unavailable");
        Assert.Equal("5", response.Headers.RetryAfter?.ToString());
        Assert.Equal(2, _sidecar.Calls.Count);
    }

    [Fact]
    public async Task AgentWithoutHost_IsUnavailableAfter30Seconds()
    {
        var clock = new FakeTimeProvider();
        await using var gateway = new GatewayServer(_sidecar, clock);
        // More than can be called: only the clock ends it.
        _sidecar.Then(Enumerable.Repeat(FakeSidecar.Error(500, Invoke, Lookup), 100_000).ToArray());
        var answer = PostAsync(gateway);
        await _sidecar.NextCallAsync();
        clock.Advance(TimeSpan.FromSeconds(30));
        using var response = await answer;
        await response.IsProblemAsync(503, "agent_unavailable");
    }

    [Fact]
    public async Task CallerGone_EndsTheCall()
    {
        _sidecar.Then(FakeSidecar.Hang);
        await using var gateway = new GatewayServer(_sidecar);
        using var hangUp = new CancellationTokenSource();
        var answer = PostUntilAsync(gateway, hangUp.Token);
        var call = await _sidecar.NextCallAsync();
        var aborted = new TaskCompletionSource();
        await using var registration = call.Aborted.Register(aborted.SetResult);
        await hangUp.CancelAsync();
        await aborted.Task.WaitAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Single(_sidecar.Calls);
    }

    [Fact]
    public async Task Reading_SaysNothingAboutStoring()
    {
        _sidecar.Then(Enumerable.Repeat(FakeSidecar.Error(500, Invoke, AppThrew), 3).ToArray());
        await using var gateway = new GatewayServer(_sidecar);
        using var response = await gateway.Client().GetAsync(new Uri("/agent/alice/info", UriKind.Relative), TestContext.Current.CancellationToken);
        var problem = await response.IsProblemAsync(503, "agent_failed");
        Assert.DoesNotContain("stored", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task CutInTheMiddle(HttpContext context)
    {
        await context.Response.WriteAsync("""{"value":{"respo""");
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private static Task<HttpResponseMessage> PostAsync(GatewayServer gateway) => PostUntilAsync(gateway, TestContext.Current.CancellationToken);

    private static async Task<HttpResponseMessage> PostUntilAsync(GatewayServer gateway, CancellationToken cancellationToken)
    {
        using var content = new StringContent("""{"content":"hi"}""", null, "application/json");
        return await gateway.Client().PostAsync(new Uri("/agent/alice/message", UriKind.Relative), content, cancellationToken);
    }
}
