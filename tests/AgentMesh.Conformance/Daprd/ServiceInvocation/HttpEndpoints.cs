using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.ServiceInvocation;

/// <summary>dapr: daprd/serviceinvocation/http/httpendpoints.go. Hosts that are no apps; the peer's port plays one.</summary>
public sealed class HttpEndpoints(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Endpoint_GetsItsHeadersAndSecrets_AndTheCallersHeaders(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var route = mesh.Peer.Raw.Route("/base/foreign/x");
        route.Returns(200, "foreign");
        (await mesh.App.SendAsync("POST", "/v1.0/invoke/foreign/method/foreign/x?q=1", "b", headers: ("X-Sent", "of the app"))).Is(200, "foreign");
        var request = await route.NextAsync();
        Assert.Equal("/base/foreign/x?q=1", request.Target);
        Assert.Equal("given", request.Header("X-Plain"));
        Assert.Equal("of-the-file", request.Header("X-Key"));
        Assert.Equal("of the app", request.Header("X-Sent"));
        Assert.Equal("b", request.Text);
    }

    [Theory]
    [OnEveryTarget]
    public async Task SidecarsToken_NeverLeaves(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var route = mesh.Peer.Raw.Route("/base/secretly");
        (await mesh.App.SendAsync("GET", "/v1.0/invoke/foreign/method/secretly")).Is(200);
        Assert.NotEqual(SidecarPlan.DaprToken, (await route.NextAsync()).Header("dapr-api-token"));
    }

    [Theory]
    [OnEveryTarget]
    public async Task LiteralUrl(Target target)
    {
        var token = new Expected<string?>(SidecarPlan.AppToken, null, "the token is a secret of the mesh");
        var mesh = await meshes.SharedAsync(target);
        var route = mesh.Peer.Raw.Route("/literal/x");
        route.Returns(200, "foreign");
        (await mesh.App.SendAsync("GET", $"/v1.0/invoke/http://127.0.0.1:{mesh.Peer.Plan.AppPort}/method/literal/x")).Is(200, "foreign");
        Assert.Equal(token.Of(target), (await route.NextAsync()).Header("dapr-api-token"));
    }
}
