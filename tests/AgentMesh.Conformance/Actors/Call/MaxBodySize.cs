using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Call;

/// <summary>dapr: actors/call/maxbodysize.go. 4 MiB by default.</summary>
public sealed class MaxBodySize(Meshes meshes)
{
    private const int Limit = 4 * 1024 * 1024;

    [Theory]
    [OnEveryTarget]
    public async Task Body_AtTheLimit_ReachesTheActor(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.CallAsync(body: new string('x', Limit))).Is(200);
        Assert.Equal(Limit, (await actor.Probe.NextAsync()).Body.Length);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Body_OneOver_Is400(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var actor = mesh.App.Actor();
        using var request = mesh.App.Request("PUT", $"{actor.Path}/method/do", new StringContent(new string('x', Limit + 1)));
        // A server that refuses by the length alone closes the connection under a body that is still being sent.
        request.Headers.ExpectContinue = true;
        using var response = await mesh.App.SendAsync(request);
        (await Answer.ReadAsync(response)).IsError(400, "ERR_BAD_REQUEST", "failed to read body");
        Assert.Equal(0, actor.Probe.Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task AnswerOfAnApp_MayBeLarger(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.Returns(200, new string('y', Limit - 1));
        Assert.Equal(Limit - 1, (await actor.CallAsync()).Bytes.Length);
    }
}
