using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Lock;

/// <summary>dapr: actors/lock/call/local. One turn at a time for an actor, first come first served; actors do not wait for each other.</summary>
public sealed class Turns(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Calls_OfOneActor_RunOneByOne_InTheOrderTheyCame(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        var first = actor.Probe.Holds();
        var running = actor.CallAsync("0");
        await actor.Probe.NextAsync();

        var waiting = new List<Task<Apps.Answer>>();
        for (var call = 1; call <= 4; call++)
        {
            waiting.Add(actor.CallAsync($"{call}"));
            // Calls that came the same way later and are answered already: this one stands in line by now.
            for (var other = 0; other < 3; other++)
                (await actor.Caller.Actor().CallAsync()).Is(200);
        }

        Assert.Equal(1, actor.Probe.Count);
        first.SetResult();
        (await running).Is(200);
        var order = new List<string>();
        for (var call = 1; call <= 4; call++)
            order.Add((await actor.Probe.NextAsync()).Target[^1..]);
        await Task.WhenAll(waiting);
        Assert.Equal(["1", "2", "3", "4"], order);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Calls_OfOtherActors_DoNotWait(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        var held = app.Actor();
        var release = held.Probe.Holds();
        var running = held.CallAsync();
        await held.Probe.NextAsync();
        (await app.Actor().CallAsync()).Is(200);
        release.SetResult();
        (await running).Is(200);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Caller_ThatLeaves_EndsItsTurn_AndTheNextOneStarts(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        var actor = app.Actor();
        actor.Probe.Holds();
        using var leaving = new CancellationTokenSource();
        using var request = app.Request("PUT", $"{actor.Path}/method/slow");
        var abandoned = app.SendAsync(request, leaving.Token);
        var running = await actor.Probe.NextAsync();

        var next = actor.CallAsync("next");
        actor.Probe.Handler = (_, _) => Task.CompletedTask;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        (await next).Is(200);
        await running.WaitForAbortAsync();
    }

    [Theory]
    [OnEveryTarget]
    public async Task Caller_ThatLeavesWhileWaiting_NeverReachesTheActor(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        // A sidecar's server has closed a connection some moments before the sidecar hears of it, and nothing tells from outside when it has: a round
        // in which it had not heard yet says nothing.
        var skipped = false;
        for (var round = 0; round < 10 && !skipped; round++)
            skipped = await IsSkippedAsync(app);
        Assert.True(skipped);
    }

    [Theory]
    [OnEveryTarget]
    public async Task RemindersAndTimers_TakeTheTurnToo(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        var release = actor.Probe.Holds();
        var running = actor.CallAsync("held");
        await actor.Probe.NextAsync();
        (await actor.RemindAsync("r", """{"dueTime":"0s"}""")).Is(204);
        (await actor.TimeAsync("t", """{"dueTime":"0s"}""")).Is(204);
        // Both are due by now, and neither is let in beside the call.
        var other = actor.Caller.Actor();
        (await other.RemindAsync("later", """{"dueTime":"0s"}""")).Is(204);
        await other.Probe.NextAsync();
        Assert.Equal(1, actor.Probe.Count);
        release.SetResult();
        (await running).Is(200);
        var callbacks = new[] { (await actor.Probe.NextAsync()).Target, (await actor.Probe.NextAsync()).Target };
        Assert.Contains(callbacks, callback => callback.EndsWith("/method/remind/r", StringComparison.Ordinal));
        Assert.Contains(callbacks, callback => callback.EndsWith("/method/timer/t", StringComparison.Ordinal));
    }

    /// <summary>A caller leaves while it waits behind one call and before another.</summary>
    /// <returns>False: its call has reached the actor.</returns>
    private static async Task<bool> IsSkippedAsync(Apps.AppSide app)
    {
        var actor = app.Actor();
        var release = actor.Probe.Holds();
        var running = actor.CallAsync("first");
        await actor.Probe.NextAsync();

        Task<Apps.Answer>? last = null;
        await app.LeaveAsync("PUT", $"{actor.Path}/method/abandoned", async () =>
        {
            // Calls that came later and are answered already: this one stands in line by now, and "last" behind it.
            for (var other = 0; other < 3; other++)
                (await app.Actor().CallAsync()).Is(200);
            last = actor.CallAsync("last");
        });
        release.SetResult();
        (await running).Is(200);
        (await last!).Is(200);
        return (await actor.Probe.NextAsync()).Target.EndsWith("/last", StringComparison.Ordinal);
    }
}
