using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.Health;

/// <summary>dapr: daprd/startup. The time between the sidecar's start and its app's.</summary>
public sealed class Startup
{
    [Theory]
    [OnEveryTarget]
    public async Task Sidecar_CanBeUsedBeforeItsAppListens_AndCallsTheAppOnceItDoes(Target target)
    {
        await using var mesh = await Mesh.StartAsync(target, new MeshOptions { Apps = [AppDefinition.Host with { IsLate = true }, AppDefinition.Peer] });
        var app = mesh.App;
        (await app.SendAsync("GET", "/v1.0/healthz/outbound")).Is(204);
        (await app.SendAsync("GET", "/v1.0/healthz")).IsError(500, "ERR_HEALTH_NOT_READY");
        (await app.SendAsync("POST", "/v1.0/state/statestore", """[{"key":"early","value":1}]""")).Is(204);
        (await app.SendAsync("POST", "/v1.0/publish/pubsub/plain", "\"early\"")).Is(204);
        (await app.SendAsync("GET", "/v1.0/invoke/peer/method/x")).IsError(500, "ERR_DIRECT_INVOKE", "invoke API is not ready");

        // Calls wait a while for the host that is on its way.
        var actor = app.Actor();
        var waiting = mesh.Peer.SendAsync("POST", $"{actor.Path}/method/do");
        await mesh.StartAppAsync(app);
        Assert.Equal(200, (await waiting).Status);
        (await app.SendAsync("GET", "/v1.0/healthz")).Is(204);
        (await app.SendAsync("GET", "/v1.0/invoke/peer/method/x")).Is(200);
        Assert.Equal("early", (await app.Raw.Route("/plain").NextAsync()).Json().GetProperty("data").GetString());
    }
}
