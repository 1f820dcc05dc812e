using System.Diagnostics;
using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Reminders;

/// <summary>dapr: actors/reminders/failurepolicy. What becomes of a tick that the app refuses.</summary>
public sealed class FailurePolicy(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Default_IsThreeMoreTriesASecondApart_ThenTheTickIsLost_AndTheSeriesGoesOn(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.ReturnsInTurn((500, ""), (500, ""), (500, ""), (500, ""), (200, ""));
        var started = Stopwatch.GetTimestamp();
        (await actor.RemindAsync("r", """{"dueTime":"0s","period":"R2/PT8S"}""")).Is(204);
        for (var attempt = 0; attempt < 4; attempt++)
            await actor.Probe.NextAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 2.8, 7.5);
        // The second of the two, at its own time: the failed one is not tried a fifth time.
        await actor.Probe.NextAsync();
        Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds > 7.5);
    }

    [Theory]
    [OnEveryTarget]
    public async Task OneShot_ThatFailsFourTimes_IsLost(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.Returns(500);
        (await actor.RemindAsync("r", """{"dueTime":"0s"}""")).Is(204);
        for (var attempt = 0; attempt < 4; attempt++)
            await actor.Probe.NextAsync();
        await GoneAsync(actor);
        Assert.Equal(4, actor.Probe.Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Tick_ThatSucceedsOnceTriedAgain_IsDone(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.ReturnsInTurn((500, ""), (200, ""));
        (await actor.RemindAsync("r", """{"dueTime":"0s"}""")).Is(204);
        await actor.Probe.NextAsync();
        await actor.Probe.NextAsync();
        await GoneAsync(actor);
        Assert.Equal(2, actor.Probe.Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Drop_NeverTriesAgain(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.Returns(500);
        (await actor.RemindAsync("r", """{"dueTime":"0s","failure_policy":{"drop":{}}}""")).Is(204);
        await actor.Probe.NextAsync();
        await GoneAsync(actor);
        Assert.Equal(1, actor.Probe.Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Constant_TriesAsOftenAsItSays(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.Returns(500);
        (await actor.RemindAsync("r", """{"dueTime":"0s","failure_policy":{"constant":{"interval":"20ms","max_retries":5}}}""")).Is(204);
        for (var attempt = 0; attempt < 6; attempt++)
            await actor.Probe.NextAsync();
        await GoneAsync(actor);
        Assert.Equal(6, actor.Probe.Count);
    }

    private static async Task GoneAsync(ActorSide actor)
    {
        for (var look = 0; look < 100 && (await actor.Caller.SendAsync("GET", $"{actor.Path}/reminders/r")).Status != 404; look++)
        {
            var clock = actor.Caller.Actor();
            (await clock.RemindAsync("clock", """{"dueTime":"100ms"}""")).Is(204);
            await clock.Probe.NextAsync();
        }

        (await actor.Caller.SendAsync("GET", $"{actor.Path}/reminders/r")).IsError(404, "ERR_ACTOR_REMINDER_NOT_FOUND");
    }
}
