using AgentMesh.Conformance.Targets;
using Dapr;
using Dapr.Actors;

namespace AgentMesh.Conformance.Actors.Call;

/// <summary>dotnet-sdk: Dapr.E2E.Test/Actors (exceptions, regression 762, weakly typed). The SDK on both sides of a call.</summary>
public sealed class Remoting(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Exception_ReachesTheCaller_AndUndoesTheTurn(Target target)
    {
        var (bell, _) = (await meshes.SharedAsync(target)).Sdk.Bell();
        Assert.Equal(1, await bell.Add(1));
        var thrown = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => bell.AddAndThrow(10));
        Assert.Contains("on purpose", thrown.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(3, await bell.Add(2));
    }

    [Theory]
    [OnEveryTarget]
    public async Task WeaklyTyped_Call_IsJson_AndAnExceptionIsAnErrorOfDaprs(Target target)
    {
        var sdk = (await meshes.SharedAsync(target)).Sdk;
        var bell = sdk.Proxies.Create(new ActorId($"{Guid.NewGuid():N}"), nameof(Apps.BellActor));
        Assert.Equal(5, await bell.InvokeMethodAsync<int, int>("Add", 5, TestContext.Current.CancellationToken));
        var thrown = await Assert.ThrowsAsync<DaprApiException>(() => bell.InvokeMethodAsync<int, int>("AddAndThrow", 1, TestContext.Current.CancellationToken));
        Assert.Equal("ERR_ACTOR_INVOKE_METHOD", thrown.ErrorCode);
        Assert.Equal(6, await bell.InvokeMethodAsync<int, int>("Add", 1, TestContext.Current.CancellationToken));
    }

    [Theory]
    [OnEveryTarget]
    public async Task State_IsRemoved(Target target)
    {
        var (bell, _) = (await meshes.SharedAsync(target)).Sdk.Bell();
        await bell.Add(5);
        await bell.Forget();
        Assert.Equal(1, await bell.Add(1));
    }
}
