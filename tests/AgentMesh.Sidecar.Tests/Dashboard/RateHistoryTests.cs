using AgentMesh.Sidecar.Dashboard;
using AgentMesh.Sidecar.Metrics;
using AgentMesh.Sidecar.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Sidecar.Tests.Dashboard;

public sealed class RateHistoryTests
{
    [Fact]
    public async Task Points_AreCallsASecondAndTheirMean_AndTheOldestGo()
    {
        var clock = new FakeTimeProvider();
        var app = new AppDefinition("a", 0, 1, 2, 3) { Metrics = new AppMetrics("a", "default", clock, [], increasedCardinality: true) };
        await using var history = new RateHistory([(app, app.Metrics.Http.Incoming.Read, app.Metrics.Http.Outgoing.Read)], clock);
        app.Metrics.Http.AppAnswered("GET", "/x", 200, 0, elapsedMs: 10);
        app.Metrics.Http.AppAnswered("GET", "/x", 200, 0, elapsedMs: 30);
        history.Sample(TimeSpan.FromSeconds(4));
        history.Sample(TimeSpan.FromSeconds(4));
        var rates = Assert.Single(history.View.Processes);
        Assert.Equal([0.5, 0], rates.In);
        Assert.Equal([20, 0], rates.InMs);
        Assert.Equal([0, 0], rates.Out);
        for (var point = 0; point < RateHistory.Points; point++)
            history.Sample(TimeSpan.FromSeconds(2));
        Assert.Equal(RateHistory.Points, history.View.Processes[0].In.Count);
        Assert.DoesNotContain(0.5, history.View.Processes[0].In);
    }
}
