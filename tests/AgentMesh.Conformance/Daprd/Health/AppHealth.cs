using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.Health;

/// <summary>dapr: pkg/apphealth. An app whose probe fails gets no calls and loses its actors until it is healthy again.</summary>
public sealed class AppHealth
{
    [Theory]
    [OnEveryTarget]
    public async Task App_ThatIsUnhealthy_GetsNothing_UntilItIsHealthy(Target target)
    {
        await using var mesh = await Mesh.StartAsync(target, new MeshOptions { Health = true });
        var app = mesh.App;
        var actor = app.Actor();
        await actor.ActivateAsync();

        app.Raw.Health = 503;
        // The actors are the first to go: the app is told, as far as it answers.
        Assert.Equal("DELETE", (await actor.Probe.NextAsync()).Method);
        (await mesh.Peer.SendAsync("GET", "/v1.0/invoke/app/method/x")).IsError(500, "ERR_DIRECT_INVOKE");
        (await mesh.Peer.SendAsync("POST", $"{actor.Path}/method/do")).IsError(500, "ERR_ACTOR_INVOKE_METHOD", "did not find address");
        Assert.Equal(0, app.Raw.Route("/x").Count);
        (await mesh.Peer.SendAsync("POST", "/v1.0/publish/pubsub/plain", "1")).Is(204);

        app.Raw.Health = 200;
        // The event waited.
        Assert.Equal(1, (await app.Raw.Route("/plain").NextAsync()).Json().GetProperty("data").GetInt32());
        (await mesh.Peer.SendAsync("POST", $"{actor.Path}/method/do")).Is(200);
        (await mesh.Peer.SendAsync("GET", "/v1.0/invoke/app/method/x")).Is(200);
    }
}
