using Dapr;
using Dapr.Actors;
using Dapr.Actors.Runtime;

namespace AgentMesh.Sidecar.Tests.Sdk;

/// <summary>The unmodified Dapr SDK against the sidecar, on both sides of a call.</summary>
public sealed class SdkActorTests
{
    [Fact]
    public async Task Remoting_CallsKeepState_AndAnExceptionReachesTheCallerAndUndoesTheTurn()
    {
        await using var mesh = await SdkMesh.StartAsync(actors => actors.RegisterActor<CounterActor>());
        var counter = mesh.Proxies.CreateActorProxy<ICounterActor>(new ActorId("c1"), nameof(CounterActor));

        Assert.Equal(1, await counter.Add(1));
        var thrown = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => counter.AddAndThrow(10));
        Assert.Contains("on purpose", thrown.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(3, await counter.Add(2));
        Assert.Equal("3", System.Text.Encoding.UTF8.GetString(mesh.Sidecar.Store.Values["app||CounterActor||c1||total"]));
    }

    [Fact]
    public async Task WeaklyTyped_CallsWork_AndAnExceptionIsADaprError()
    {
        await using var mesh = await SdkMesh.StartAsync(actors => actors.RegisterActor<CounterActor>());
        var counter = mesh.Proxies.Create(new ActorId("c2"), nameof(CounterActor));

        Assert.Equal(5, await counter.InvokeMethodAsync<int, int>("Add", 5, TestContext.Current.CancellationToken));
        var thrown = await Assert.ThrowsAsync<DaprApiException>(() => counter.InvokeMethodAsync<int, int>("AddAndThrow", 1, TestContext.Current.CancellationToken));
        Assert.Equal("ERR_ACTOR_INVOKE_METHOD", thrown.ErrorCode);
        Assert.Equal(6, await counter.InvokeMethodAsync<int, int>("Add", 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task State_SurvivesDeactivation()
    {
        await using var mesh = await SdkMesh.StartAsync(actors => actors.RegisterActor<CounterActor>());
        var counter = mesh.Proxies.Create(new ActorId("c3"), nameof(CounterActor));
        await counter.InvokeMethodAsync<int, int>("Add", 7, TestContext.Current.CancellationToken);

        // The process "dies" and comes back: what was in memory is gone.
        await mesh.Sidecar.DisconnectAsync();
        await mesh.Sidecar.ConnectAsync();

        Assert.Equal(8, await counter.InvokeMethodAsync<int, int>("Add", 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Save_ThatFails_FailsTheCall()
    {
        await using var mesh = await SdkMesh.StartAsync(actors => actors.RegisterActor<CounterActor>());
        var counter = mesh.Proxies.Create(new ActorId("c4"), nameof(CounterActor));
        await counter.InvokeMethodAsync<int, int>("Add", 1, TestContext.Current.CancellationToken);
        mesh.Sidecar.Store.Failure = new IOException("disk full");
        await Assert.ThrowsAsync<DaprApiException>(() => counter.InvokeMethodAsync<int, int>("Add", 1, TestContext.Current.CancellationToken));
        mesh.Sidecar.Store.Failure = null;
        Assert.Equal(2, await counter.InvokeMethodAsync<int, int>("Add", 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Removed_KeysAreDeleted()
    {
        await using var mesh = await SdkMesh.StartAsync(actors => actors.RegisterActor<CounterActor>());
        var counter = mesh.Proxies.Create(new ActorId("c5"), nameof(CounterActor));
        await counter.InvokeMethodAsync<int, int>("Add", 1, TestContext.Current.CancellationToken);
        await counter.InvokeMethodAsync("Clear", TestContext.Current.CancellationToken);
        Assert.False(mesh.Sidecar.Store.Values.ContainsKey("app||CounterActor||c5||total"));
    }
}

public interface ICounterActor : IActor
{
    Task<int> Add(int amount);

    Task<int> AddAndThrow(int amount);

    Task Clear();
}

public sealed class CounterActor(ActorHost host) : Actor(host), ICounterActor
{
    public async Task<int> Add(int amount)
    {
        var total = await StateManager.GetOrAddStateAsync("total", 0) + amount;
        await StateManager.SetStateAsync("total", total);
        return total;
    }

    public async Task<int> AddAndThrow(int amount)
    {
        await Add(amount);
        throw new InvalidOperationException("on purpose");
    }

    public Task Clear() => StateManager.RemoveStateAsync("total");
}
