using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Call;

/// <summary>dapr: actors/call/non200.go and badmethod.go. Whatever is not 200 is an error of the sidecar, and never tried again.</summary>
public sealed class Non200(Meshes meshes)
{
    [Theory]
    [OnEveryTarget(500, "boom", "error invoke actor method: error from actor service: (500) boom")]
    [OnEveryTarget(503, "", "error invoke actor method: error from actor service: (503) ")]
    [OnEveryTarget(201, "made", "error invoke actor method: error from actor service: (201) made")]
    [OnEveryTarget(400, "no", "error invoke actor method: error from actor service: (400) no")]
    [OnEveryTarget(404, "nowhere", "error invoke actor method: actor method not found: ")]
    public async Task Answer_Of_Is500WithItsText(Target target, int status, string body, string message)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.Returns(status, body);
        var answer = await actor.CallAsync();
        answer.IsError(500, "ERR_ACTOR_INVOKE_METHOD", message);
        Assert.Equal(1, actor.Probe.Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Actor_ThatFailed_IsServedAgain(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.ReturnsInTurn((500, "boom"), (200, "1"));
        (await actor.CallAsync()).IsError(500, "ERR_ACTOR_INVOKE_METHOD");
        (await actor.CallAsync()).Is(200, "1");
    }
}
