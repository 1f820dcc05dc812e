using AgentMesh.Conformance.Targets;
using Dapr.Actors;

namespace AgentMesh.Conformance.Actors.Reentrancy;

/// <summary>
/// dotnet-sdk: Dapr.E2E.Test/Actors/ReentrantTests. The SDK has a turn lock of its own: without an id from the sidecar a call of itself
/// would wait for itself.
/// </summary>
public sealed class OfTheSdk(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Actor_CallsItself_AsDeepAsItsTypeAllows(Target target)
    {
        var (bell, _) = (await meshes.SharedAsync(target)).Sdk.Bell();
        Assert.Equal(10, await bell.Dive(10));
        await Assert.ThrowsAsync<ActorMethodInvocationException>(() => bell.Dive(11));
        // The turn was given back all the way.
        Assert.Equal(1, await bell.Dive(1));
    }
}
