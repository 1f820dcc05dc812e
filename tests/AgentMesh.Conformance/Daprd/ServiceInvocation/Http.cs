using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.ServiceInvocation;

/// <summary>dapr: daprd/serviceinvocation/http/basic.go, selfheaders.go, redirect.go, hopbyhop.go. One app calls another by name.</summary>
public sealed class Http(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("GET", null)]
    [OnEveryTarget("POST", "body")]
    [OnEveryTarget("PUT", "body")]
    [OnEveryTarget("PATCH", "body")]
    [OnEveryTarget("DELETE", null)]
    public async Task Request_ReachesTheApp_WithVerbPathQueryAndBody(Target target, string verb, string? body)
    {
        var mesh = await meshes.SharedAsync(target);
        var route = mesh.Peer.Raw.Route($"/verbs/{verb}");
        route.Returns(203, "answer", "text/x-own", ("X-Own", "of the peer"));
        var answer = await mesh.App.SendAsync(verb, $"/v1.0/invoke/peer/method/verbs/{verb}?a=b&c=d%20e", body, "text/x-thing", ("X-Sent", "of the app"));
        answer.Is(203, "answer");
        Assert.Equal("text/x-own", answer.Header("Content-Type"));
        Assert.Equal("of the peer", answer.Header("X-Own"));
        var request = await route.NextAsync();
        Assert.Equal(verb, request.Method);
        Assert.Equal($"/verbs/{verb}?a=b&c=d%20e", request.Target.Replace('+', ' ').Replace(" ", "%20", StringComparison.Ordinal));
        Assert.Equal(body ?? "", request.Text);
        Assert.Equal("of the app", request.Header("X-Sent"));
        Assert.Equal(body is null ? null : "text/x-thing", request.Header("Content-Type"));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Target_MayBeNamed_InThreeWays(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        mesh.Peer.Raw.Route("/forms").Returns(200, "peer");
        (await mesh.App.SendAsync("GET", "/v1.0/invoke/peer/method/forms")).Is(200, "peer");
        (await mesh.App.SendAsync("GET", "/forms", headers: ("dapr-app-id", "peer"))).Is(200, "peer");
        var user = Convert.ToBase64String("dapr-app-id:peer"u8);
        (await mesh.App.SendAsync("GET", "/forms", headers: ("Authorization", $"Basic {user}"))).Is(200, "peer");
        (await mesh.App.SendAsync("GET", "/v1.0/invoke/peer.default/method/forms")).Is(200, "peer");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Headers_OfTheWay_AreAdded_AndTheTokenIsTheApps(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var route = mesh.Peer.Raw.Route("/headers");
        (await mesh.App.SendAsync("GET", "/v1.0/invoke/peer/method/headers", headers: ("Connection", "X-Hop"))).Is(200);
        var request = await route.NextAsync();
        Assert.Equal("app", request.Header("dapr-caller-app-id"));
        Assert.Equal("peer", request.Header("dapr-callee-app-id"));
        Assert.NotNull(request.Header("X-Forwarded-For"));
        Assert.NotNull(request.Header("X-Forwarded-Host"));
        Assert.StartsWith("for=", request.Header("Forwarded"), StringComparison.Ordinal);
        Assert.Equal(SidecarPlan.AppToken, request.Header("dapr-api-token"));
    }

    [Theory]
    [OnEveryTarget]
    public async Task OwnApp_GetsNoHeadersOfAWay(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var route = mesh.App.Raw.Route("/self");
        (await mesh.App.SendAsync("GET", "/v1.0/invoke/app/method/self")).Is(200);
        var request = await route.NextAsync();
        Assert.Null(request.Header("dapr-caller-app-id"));
        Assert.Null(request.Header("X-Forwarded-For"));
        Assert.Equal(SidecarPlan.AppToken, request.Header("dapr-api-token"));
    }

    [Theory]
    [OnEveryTarget(302)]
    [OnEveryTarget(404)]
    [OnEveryTarget(500)]
    [OnEveryTarget(503)]
    public async Task Status_IsTheApps_AndNothingIsTriedAgain(Target target, int status)
    {
        var mesh = await meshes.SharedAsync(target);
        var route = mesh.Peer.Raw.Route($"/status/{status}");
        route.Returns(status, "as it is", "text/plain", ("Location", "/elsewhere"));
        (await mesh.App.SendAsync("POST", $"/v1.0/invoke/peer/method/status/{status}", "x")).Is(status, "as it is");
        Assert.Equal(1, route.Count);
    }

    [Theory]
    [OnEveryTarget("a/../b", "/b")]
    [OnEveryTarget("a%2F..%2Fb", "/b")]
    [OnEveryTarget("..%2F..%2Fb", "/b")]
    [OnEveryTarget("a%2Fb", "/a/b")]
    [OnEveryTarget("a%20b", "/a b")]
    public async Task Method_IsDecodedAndCleaned(Target target, string method, string path)
    {
        var mesh = await meshes.SharedAsync(target);
        mesh.Peer.Raw.Route(path).Returns(200, path);
        (await mesh.App.SendAsync("GET", $"/v1.0/invoke/peer/method/{method}")).Is(200, path);
    }

    [Theory]
    [OnEveryTarget("a%3Fb")]
    [OnEveryTarget("a%23b")]
    [OnEveryTarget("a%0Ab")]
    public async Task Method_WithWhatEndsAPath_Is500(Target target, string method) =>
        (await (await meshes.SharedAsync(target)).App.SendAsync("GET", $"/v1.0/invoke/peer/method/{method}")).IsError(500, "ERR_DIRECT_INVOKE");

    [Theory]
    [OnEveryTarget]
    public async Task AppThatIsNotThere_Is500(Target target) =>
        (await (await meshes.SharedAsync(target)).App.SendAsync("GET", "/v1.0/invoke/nobody/method/x")).IsError(500, "ERR_DIRECT_INVOKE", "failed to invoke, id: nobody");
}
