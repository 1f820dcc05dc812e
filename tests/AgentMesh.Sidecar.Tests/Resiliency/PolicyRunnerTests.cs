using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Sidecar.Tests.Resiliency;

public sealed class PolicyRunnerTests
{
    private static readonly RetryPolicy Twice = new(false, TimeSpan.Zero, TimeSpan.Zero, 2, StatusCodeSet.Parse("429,500-502"));

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, 1)]
    [InlineData(429, 3)]
    [InlineData(499, 1)]
    [InlineData(500, 3)]
    [InlineData(502, 3)]
    [InlineData(503, 1)]
    [InlineData(null, 3)]
    public async Task Retry_GoesByStatus(int? status, int expected)
    {
        var calls = 0;
        await new PolicyRunner(new TargetPolicy(null, Twice, null), _time).RunAsync(_ => Answer(ref calls, status), Token);
        Assert.Equal(expected, calls);
    }

    [Fact]
    public async Task Timeout_EndsAnAttempt_AndIsRetried()
    {
        var calls = 0;
        var run = new PolicyRunner(new TargetPolicy(TimeSpan.FromSeconds(1), Twice, null), _time).RunAsync(
            async token =>
            {
                calls++;
                var forever = Task.Delay(Timeout.Infinite, token);
                _time.Advance(TimeSpan.FromSeconds(1));
                await forever;
                return default;
            },
            Token);
        Assert.Equal((AttemptOutcome.TimedOut, 3), ((await run).Outcome, calls));
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.75)]
    [InlineData(2, 1.125)]
    [InlineData(3, 1.5)]
    [InlineData(100_000, 1.5)]
    public void Exponential_GrowsByHalf_ToItsLimit(int retry, double seconds) =>
        Assert.Equal(seconds, new RetryPolicy(true, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(1.5), 5, null).Delay(retry).TotalSeconds, 6);

    [Fact]
    public async Task Breaker_OpensAfterMoreThanFiveFailuresInARow_AndTriesAgainAfterItsTime()
    {
        var runner = new PolicyRunner(new TargetPolicy(null, null, new BreakerPolicy(1, TimeSpan.Zero, TimeSpan.FromSeconds(10), null)), _time);
        var calls = 0;
        for (var i = 0; i < 6; i++)
            Assert.Equal(AttemptOutcome.Failed, (await runner.RunAsync(_ => Answer(ref calls, 500), Token)).Outcome);
        Assert.Equal(AttemptOutcome.Open, (await runner.RunAsync(_ => Answer(ref calls, 200), Token)).Outcome);
        Assert.Equal(6, calls);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(AttemptOutcome.Failed, (await runner.RunAsync(_ => Answer(ref calls, 500), Token)).Outcome);
        Assert.Equal(AttemptOutcome.Open, (await runner.RunAsync(_ => Answer(ref calls, 200), Token)).Outcome);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(AttemptOutcome.Success, (await runner.RunAsync(_ => Answer(ref calls, 200), Token)).Outcome);
        Assert.Equal(AttemptOutcome.Failed, (await runner.RunAsync(_ => Answer(ref calls, 500), Token)).Outcome);
    }

    [Fact]
    public async Task Breaker_TripsByItsExpression()
    {
        var trip = MatchExpression.Parse("requests >= 3 && totalFailures > 1", CircuitBreaker.Variables);
        var runner = new PolicyRunner(new TargetPolicy(null, null, new BreakerPolicy(1, TimeSpan.Zero, TimeSpan.FromSeconds(10), trip)), _time);
        var calls = 0;
        foreach (var status in (int[])[500, 200, 500])
            Assert.NotEqual(AttemptOutcome.Open, (await runner.RunAsync(_ => Answer(ref calls, status), Token)).Outcome);
        Assert.Equal(AttemptOutcome.Open, (await runner.RunAsync(_ => Answer(ref calls, 200), Token)).Outcome);
    }

    [Theory]
    [InlineData(null, 4)]
    [InlineData(1, 4)]
    [InlineData(3, 4)]
    [InlineData(5, 6)]
    public async Task ServiceInvocation_HasItsBuiltInRetries_AndNeverFewer(int? overridden, int expected)
    {
        var retries = overridden is { } count ? new RetryPolicy(false, TimeSpan.Zero, TimeSpan.Zero, count, null) : null;
        var app = new AppDefinition("app", 0, 1, 2, 3) { Resiliency = [new ResiliencyResource("r") { ServiceRetries = retries }] };
        var calls = 0;
        var run = new ResiliencyPolicies(_time).ForInvocation(app, "other").RunAsync(_ => Answer(ref calls, null), Token);
        while (!run.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await run;
        Assert.Equal(expected, calls);
    }

    private static ValueTask<Attempt> Answer(ref int calls, int? status)
    {
        calls++;
        return ValueTask.FromResult(new Attempt(status == 200 ? AttemptOutcome.Success : AttemptOutcome.Failed, status));
    }
}
