using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.ServiceInvocation;

/// <summary>
/// dapr: daprd/serviceinvocation/http/streaming/chunkednoretry.go, resiliency/apps/defaultretry.go. An app that does not accept is tried
/// three more times, a second apart, if the body can be sent again.
/// </summary>
public sealed class Retries
{
    [Theory]
    [OnEveryTarget]
    public async Task App_ThatDoesNotAccept_IsTriedAgain_UnlessTheBodyIsAStream(Target target)
    {
        await using var mesh = await Mesh.StartAsync(target);
        await mesh.Peer.Raw.StopAsync();

        using var stream = mesh.App.Request("POST", "/v1.0/invoke/peer/method/x", new StringContent("once"));
        stream.Headers.TransferEncodingChunked = true;
        using var refused = await mesh.App.SendAsync(stream);
        Assert.Equal(500, (int)refused.StatusCode);
        (await Apps.Answer.ReadAsync(refused)).IsError(500, "ERR_DIRECT_INVOKE");

        var answer = mesh.App.SendAsync("POST", "/v1.0/invoke/peer/method/x", "again");
        await mesh.Peer.Raw.StartAsync(mesh.Peer.Plan.AppPort);
        (await answer).Is(200);
        Assert.Equal("again", (await mesh.Peer.Raw.Route("/x").NextAsync()).Text);
        Assert.Equal(1, mesh.Peer.Raw.Route("/x").Count);
    }
}
