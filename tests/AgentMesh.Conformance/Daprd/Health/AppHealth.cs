using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.Health;

/// <summary>dapr: pkg/apphealth, actors/reminders/scheduler/staging.go. An app whose probe fails gets no calls and loses its actors until it is healthy again.</summary>
public sealed class AppHealth(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task App_ThatIsUnhealthy_GetsNothing_UntilItIsHealthy(Target target)
    {
        var mesh = await meshes.ProbedAsync(target);
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

    [Theory]
    [OnEveryTarget]
    public async Task Reminder_WhoseHostIsAway_Waits(Target target)
    {
        var mesh = await meshes.ProbedAsync(target);
        var actor = mesh.App.Actor();
        (await actor.RemindAsync("r", """{"dueTime":"4s","data":"waited"}""")).Is(204);
        var gone = mesh.App.Actor();
        await gone.ActivateAsync();
        mesh.App.Raw.Health = 503;
        Assert.Equal("DELETE", (await gone.Probe.NextAsync()).Method);

        // Due while nobody hosts the type: a look-up for that type takes its five seconds.
        (await mesh.Peer.SendAsync("POST", $"{actor.Path}/method/do")).IsError(500, "ERR_ACTOR_INVOKE_METHOD", "did not find address");
        Assert.Equal(0, actor.Probe.Count);
        mesh.App.Raw.Health = 200;
        Assert.Contains("\"waited\"", (await actor.Probe.NextAsync()).Text, StringComparison.Ordinal);
    }
}
