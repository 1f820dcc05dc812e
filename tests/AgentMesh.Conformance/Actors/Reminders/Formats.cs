using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Reminders;

/// <summary>dapr: actors/reminders/period.go, duetime.go. The texts that name times: which are taken, which are not.</summary>
public sealed class Formats(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("""{"dueTime":"1h30m"}""")]
    [OnEveryTarget("""{"dueTime":"0h0m30s0ms"}""")]
    [OnEveryTarget("""{"dueTime":"P1DT2H"}""")]
    [OnEveryTarget("""{"dueTime":"P1Y2M3W"}""")]
    [OnEveryTarget("""{"dueTime":"2099-01-02T15:04:05Z"}""")]
    [OnEveryTarget("""{"dueTime":"2099-01-02T15:04:05+02:00"}""")]
    [OnEveryTarget("""{"period":"1h"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"PT10S"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"R5/PT10S"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"0h0m5s0ms"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"50ms"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"10s","ttl":"2h"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"10s","ttl":"P1D"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"10s","ttl":"2099-01-02T15:04:05Z"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"","data":""}""")]
    public async Task Reminder_IsTaken(Target target, string body)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", body)).Is(204, "");
        (await actor.Caller.SendAsync("DELETE", $"{actor.Path}/reminders/r")).Is(204);
    }

    [Theory]
    [OnEveryTarget("""{}""")]
    [OnEveryTarget("""{"dueTime":"","period":""}""")]
    [OnEveryTarget("""{"dueTime":"soon"}""")]
    [OnEveryTarget("""{"dueTime":"R5/PT10S"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"P1D"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"P1W"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"P1M"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"R2/P1DT"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"R0/PT10S"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"* * * * *"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"@daily"}""")]
    [OnEveryTarget("""{"dueTime":"1h","ttl":"2h"}""")]
    [OnEveryTarget("""{"dueTime":"2h","period":"10s","ttl":"2000-01-02T15:04:05Z"}""")]
    public async Task Reminder_IsRefused(Target target, string body)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", body)).IsError(500, "ERR_ACTOR_REMINDER_CREATE");
        (await actor.Caller.SendAsync("GET", $"{actor.Path}/reminders/r")).IsError(404, "ERR_ACTOR_REMINDER_NOT_FOUND");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Reminder_WithAPeriodOfZero(Target target)
    {
        var refused = new Expected<bool>(false, true, "a reminder that is always due is a hot loop");
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        // Far away, so that daprd does not begin its loop.
        Assert.Equal(refused.Of(target) ? 500 : 204, (await actor.RemindAsync("r", """{"dueTime":"1000h","period":"0s"}""")).Status);
        (await actor.Caller.SendAsync("DELETE", $"{actor.Path}/reminders/r")).Is(204);
    }

    [Theory]
    [OnEveryTarget("{")]
    [OnEveryTarget("[]")]
    [OnEveryTarget("""{"dueTime":5}""")]
    public async Task Body_ThatIsNoRegistration_Is400(Target target, string body) =>
        (await (await meshes.SharedAsync(target)).App.Actor().RemindAsync("r", body)).IsError(400, "ERR_MALFORMED_REQUEST");
}
