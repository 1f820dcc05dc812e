namespace AgentMesh.EndToEnd.Caps;

/// <summary>The caps of <see cref="CapTests"/>, with a store that misbehaves.</summary>
public sealed class CapStoreTests
{
    [Fact(Timeout = CapRuns.TimeoutMs)]
    public Task Cap_HoldsWhenTheStoreIsKilledAndStarted()
    {
        LongForm.OrSkip();
        return CapRuns.RunAsync(
            StoreKind.Redis, async mesh => Assert.SkipUnless(await mesh.Store.TryRestartRedisAsync(), "The Redis of this machine cannot be killed."));
    }

    [Fact(Timeout = CapRuns.TimeoutMs)]
    public async Task Cap_HoldsOnASlowStore()
    {
        LongForm.OrSkip();
        await using var store = await TestStore.CreateAsync(StoreKind.Redis);
        using var line = new SlowLine(store.Redis!, TimeSpan.FromMilliseconds(10));
        await CapRuns.RunAsync(store, line.Endpoint, _ => Task.CompletedTask);
    }
}
