using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Call;

/// <summary>dapr: tests/integration/suite/actors/call/http.go. Any verb becomes PUT on the app, with what the caller sent.</summary>
public sealed class Verbs(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("GET")]
    [OnEveryTarget("POST")]
    [OnEveryTarget("PUT")]
    [OnEveryTarget("DELETE")]
    public async Task Call_WithAnyVerb_IsAPutOfTheApp(Target target, string verb)
    {
        var mesh = await meshes.SharedAsync(target);
        var actor = mesh.App.Actor();
        (await mesh.App.SendAsync(verb, $"{actor.Path}/method/greet", verb is "GET" or "DELETE" ? null : "hello", "text/x-greeting")).Is(200);
        var request = await actor.Probe.NextAsync();
        Assert.Equal("PUT", request.Method);
        Assert.Equal($"/actors/plain/{actor.Id}/method/greet", request.Target);
        Assert.Equal(verb is "GET" or "DELETE" ? "" : "hello", request.Text);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Call_Headers_PassToTheApp_ButThoseOfTheSidecar(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var actor = mesh.App.Actor();
        (await mesh.App.SendAsync(
            "PUT", $"{actor.Path}/method/greet", "x", "application/x-thing",
            ("X-Own", "kept"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("X-DaprRequestHeader", "<opaque/>"),
            ("dapr-caller-app-id", "somebody-else"))).Is(200);
        var request = await actor.Probe.NextAsync();
        Assert.Equal("kept", request.Header("X-Own"));
        Assert.Equal("<opaque/>", request.Header("X-DaprRequestHeader"));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", request.Header("traceparent"));
        Assert.Equal("application/x-thing", request.Header("Content-Type"));
        Assert.Equal("true", request.Header("Dapr-API-Call"));
        Assert.Equal(SidecarPlan.AppToken, request.Header("dapr-api-token"));
        Assert.Equal("app", request.Header("dapr-caller-app-id"));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Call_FromAnotherAppsSidecar_ReachesTheHost(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var actor = mesh.App.Actor();
        actor.Probe.Returns(200, "\"hi\"", "application/json");
        (await mesh.Peer.SendAsync("POST", $"{actor.Path}/method/greet", "1")).Is(200, "\"hi\"");
        Assert.Equal("peer", (await actor.Probe.NextAsync()).Header("dapr-caller-app-id"));
    }
}
