using System.Diagnostics;
using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Reminders;

/// <summary>dapr: actors/reminders/basic.go, repeats.go, subsecond.go, data.go. When a reminder comes, how often, and with what.</summary>
public sealed class Ticks(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Tick_IsAPutWithTheData_AndEmptyTimes(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", """{"dueTime":"0h0m0s50ms","period":"","data":"AQID"}""")).Is(204);
        var tick = await actor.Probe.NextAsync();
        Assert.Equal("PUT", tick.Method);
        Assert.Equal($"/actors/plain/{actor.Id}/method/remind/r", tick.Target);
        Assert.Equal("application/json", tick.Header("Content-Type"));
        Assert.Equal(SidecarPlan.AppToken, tick.Header("dapr-api-token"));
        Assert.Equal("""{"data":"AQID","dueTime":"","period":""}""", tick.Text);
    }

    [Theory]
    [OnEveryTarget("""{"a":[1,"b"]}""")]
    [OnEveryTarget("5")]
    [OnEveryTarget("\"text\"")]
    public async Task Data_IsAnyJson(Target target, string data)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", $$"""{"dueTime":"0s","data":{{data}}}""")).Is(204);
        Assert.Equal($$"""{"data":{{data}},"dueTime":"","period":""}""", (await actor.Probe.NextAsync()).Text);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Data_ThatIsMissing_IsLeftOut(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", """{"dueTime":"0s"}""")).Is(204);
        Assert.Equal("""{"dueTime":"","period":""}""", (await actor.Probe.NextAsync()).Text);
    }

    [Theory]
    [OnEveryTarget]
    public async Task OneShot_ComesOnce_AndIsGone(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("once", """{"dueTime":"0s"}""")).Is(204);
        await actor.Probe.NextAsync();
        await GoneAsync(actor, "once");
        Assert.Equal(1, actor.Probe.Count);
    }

    [Theory]
    [OnEveryTarget("""{"dueTime":"0s","period":"R3/PT1S"}""", 3, 2.0)]
    [OnEveryTarget("""{"period":"R2/PT1S"}""", 2, 2.0)]
    [OnEveryTarget("""{"dueTime":"0s","period":"R1/PT1S"}""", 1, 0.0)]
    public async Task Repetitions_CountTheFirst(Target target, string body, int times, double seconds)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        var started = Stopwatch.GetTimestamp();
        (await actor.RemindAsync("r", body)).Is(204);
        for (var tick = 0; tick < times; tick++)
            await actor.Probe.NextAsync();
        // Never early; late is the machine's affair.
        Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds > seconds - 0.2);
        await GoneAsync(actor, "r");
        Assert.Equal(times, actor.Probe.Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Period_BelowASecond_GoesOnUntilItIsDeleted(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", """{"dueTime":"0s","period":"50ms"}""")).Is(204);
        for (var tick = 0; tick < 10; tick++)
            Assert.EndsWith("/remind/r", (await actor.Probe.NextAsync()).Target, StringComparison.Ordinal);
        (await actor.Caller.SendAsync("DELETE", $"{actor.Path}/reminders/r")).Is(204);
        await QuietAsync(actor);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Ttl_EndsTheSeries(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", """{"dueTime":"0s","period":"300ms","ttl":"1s"}""")).Is(204);
        for (var tick = 0; tick < 3; tick++)
            await actor.Probe.NextAsync();
        await GoneAsync(actor, "r");
        Assert.InRange(actor.Probe.Count, 3, 4);
    }

    [Theory]
    [OnEveryTarget]
    public async Task App_ThatCancels_EndsTheSeries(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.Returns(200, headers: ("X-DaprReminderCancel", "true"));
        (await actor.RemindAsync("r", """{"dueTime":"0s","period":"100ms"}""")).Is(204);
        await actor.Probe.NextAsync();
        await GoneAsync(actor, "r");
        Assert.Equal(1, actor.Probe.Count);
    }

    // A reminder is done when it is not found any more. The next look is made when another reminder has come: that is the clock.
    private static async Task GoneAsync(ActorSide actor, string name)
    {
        for (var look = 0; look < 100; look++)
        {
            if ((await actor.Caller.SendAsync("GET", $"{actor.Path}/reminders/{name}")).Status == 404)
                return;
            await PassAsync(actor.Caller, "100ms");
        }

        Assert.Fail($"The reminder {name} is still there.");
    }

    // A tick that was under way while the reminder was deleted may come; then none.
    private static async Task QuietAsync(ActorSide actor)
    {
        await PassAsync(actor.Caller, "200ms");
        var count = actor.Probe.Count;
        await PassAsync(actor.Caller, "400ms");
        Assert.Equal(count, actor.Probe.Count);
    }

    private static async Task PassAsync(AppSide app, string time)
    {
        var clock = app.Actor();
        (await clock.RemindAsync("clock", $$"""{"dueTime":"{{time}}"}""")).Is(204);
        await clock.Probe.NextAsync();
    }
}
