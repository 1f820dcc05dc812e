using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Deactivation;

/// <summary>dapr: actors/deactivation/idle. The type's own idle timeout is 400 ms; the others keep the default of an hour.</summary>
public sealed class Idle(Meshes meshes)
{
    private static readonly Expected<bool> BusyActorIsAborted = new(true, false, "the abort of a turn longer than the idle timeout is a defect");

    [Theory]
    [OnEveryTarget]
    public async Task Actor_NotCalled_IsDeactivated_AndComesBackWithTheNextCall(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor("idle");
        (await actor.CallAsync("first")).Is(200);
        Assert.Equal("PUT", (await actor.Probe.NextAsync()).Method);
        var deactivation = await actor.Probe.NextAsync();
        Assert.Equal("DELETE", deactivation.Method);
        Assert.Equal($"/actors/idle/{actor.Id}", deactivation.Target);
        Assert.Equal(SidecarPlan.AppToken, deactivation.Header("dapr-api-token"));

        (await actor.CallAsync("second")).Is(200);
        Assert.Equal("PUT", (await actor.Probe.NextAsync()).Method);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Actor_OfAnotherType_Stays(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        var (stays, leaves) = (app.Actor("plain"), app.Actor("idle"));
        await stays.ActivateAsync();
        await leaves.ActivateAsync();
        Assert.Equal("DELETE", (await leaves.Probe.NextAsync()).Method);
        Assert.Equal(1, stays.Probe.Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Actor_ThatIsBusyAllTheTime(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        var (busy, clock) = (app.Actor("idle"), app.Actor("idle"));
        var release = busy.Probe.Holds();
        var running = busy.CallAsync("long");
        var request = await busy.Probe.NextAsync();
        // Another actor's two lives of the same timeout measure the time.
        for (var life = 0; life < 2; life++)
        {
            await clock.ActivateAsync();
            Assert.Equal("DELETE", (await clock.Probe.NextAsync()).Method);
        }

        Assert.Equal(BusyActorIsAborted.Of(target), request.Aborted.IsCancellationRequested);
        release.TrySetResult();
        Assert.Equal(BusyActorIsAborted.Of(target) ? 500 : 200, (await running).Status);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Timer_WakesAnActorThatHadGone(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor("idle");
        await actor.ActivateAsync();
        (await actor.TimeAsync("alarm", """{"dueTime":"1500ms","callback":"ring"}""")).Is(204);
        Assert.Equal("DELETE", (await actor.Probe.NextAsync()).Method);
        Assert.EndsWith("/method/timer/alarm", (await actor.Probe.NextAsync()).Target, StringComparison.Ordinal);
    }
}
