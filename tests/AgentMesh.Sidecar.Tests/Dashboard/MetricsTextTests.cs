using AgentMesh.Sidecar.Dashboard;
using AgentMesh.Sidecar.Metrics;
using AgentMesh.Sidecar.Tests.Metrics;

namespace AgentMesh.Sidecar.Tests.Dashboard;

public sealed class MetricsTextTests
{
    [Fact]
    public async Task ProcessesTogether_DescribeAFamilyOnce_AndReplicasAreTold()
    {
        var texts = new List<(ProcessView, string)>();
        foreach (var (appId, replica) in new[] { ("agents", 0), ("agents", 1), ("gateway", 0) })
        {
            var metrics = new AppMetrics(appId, "default", TimeProvider.System, ["state.redis"], increasedCardinality: true);
            metrics.Http.AppAnswered("GET", "/x}y", 200, 0, 1);
            texts.Add((new ProcessView(appId, replica) { State = "healthy", Command = "" }, await metrics.ExportAsync(TestContext.Current.CancellationToken)));
        }

        var scrape = new Scrape(MetricsText.Join(texts));
        Assert.Equal(1, scrape["dapr_http_client_completed_count", "app_id=agents", "replica=1", "method=GET", "path=/x}y", "status=200"]);
        Assert.Equal(1, scrape["dapr_http_client_completed_count", "app_id=gateway", "method=GET", "path=/x}y", "status=200"]);
        Assert.Equal(1, scrape["dapr_runtime_component_loaded", "app_id=agents", "replica=0"]);
    }
}
