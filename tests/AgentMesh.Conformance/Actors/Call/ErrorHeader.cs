using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Call;

/// <summary>dapr: actors/call/errorheader.go. The SDK reports an exception as 200 with a header, and the caller's SDK wants just that.</summary>
public sealed class ErrorHeader(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Answer_WithTheErrorHeader_IsPassedOnWhole(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.Returns(200, "what went wrong", "application/octet-stream", ("X-DaprErrorResponseHeader", "<Error>marker</Error>"));
        var answer = await actor.CallAsync();
        answer.Is(200, "what went wrong");
        Assert.Equal("<Error>marker</Error>", answer.Header("X-DaprErrorResponseHeader"));
        Assert.Equal(1, actor.Probe.Count);
    }
}
