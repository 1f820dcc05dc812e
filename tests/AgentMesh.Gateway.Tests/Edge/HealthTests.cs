using System.Net;

namespace AgentMesh.Gateway.Tests.Edge;

public sealed class HealthTests
{
    [Fact]
    public async Task ReadyFollowsTheSidecar_LiveAndHealthDoNot()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var gateway = new GatewayServer(sidecar);
        using var client = gateway.Client();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/readyz"));

        sidecar.Ready = false;
        using var response = await client.GetAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
        var problem = await response.IsProblemAsync(503, "not_ready");
        Assert.Equal("Not ready: dapr-sidecar.", problem.GetProperty("detail").GetString());

        await sidecar.DisposeAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/livez"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/healthz"));
        Assert.Empty(sidecar.Calls);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
