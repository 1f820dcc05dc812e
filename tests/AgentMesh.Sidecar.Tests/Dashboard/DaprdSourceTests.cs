using AgentMesh.Sidecar.Dashboard;

namespace AgentMesh.Sidecar.Tests.Dashboard;

public sealed class DaprdSourceTests
{
    private const string Metrics = """
        # HELP calls_count Calls.
        # TYPE calls_count counter
        calls_count{app_id="a",path="/v1.0/actors/T/{id}",status="200"} 3
        calls_count{app_id="a",path="/v1.0/state/s",status="500"} 1.5e1
        calls_count{app_id="a",path="/v1.0/metadata",status="200"} 100
        calls_count{app_id="a",path="/v1.0/healthz",status="204"} 100
        calls_count_other{app_id="a"} 1000
        bare 7

        """;

    [Theory]
    [InlineData("calls_count", 18)]
    [InlineData("bare", 7)]
    [InlineData("missing", 0)]
    public void Sum_IsOfAllLabels_ButThoseOfTheDashboardsOwnQuestions(string name, double sum) => Assert.Equal(sum, DaprdSource.Sum(Metrics, name));
}
