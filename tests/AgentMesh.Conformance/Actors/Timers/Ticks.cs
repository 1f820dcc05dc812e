using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Timers;

/// <summary>dapr: actors/timers. In memory of the sidecar; the callback gets what was registered.</summary>
public sealed class Ticks(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Tick_IsAPutWithWhatWasRegistered(Target target)
    {
        var actor = await ActiveAsync(target);
        (await actor.TimeAsync("t", """{"dueTime":"0h0m0s10ms","period":"0h0m0s100ms","data":"AQ==","callback":"OnTimer"}""")).Is(204);
        var tick = await actor.Probe.NextAsync();
        Assert.Equal("PUT", tick.Method);
        Assert.Equal($"/actors/plain/{actor.Id}/method/timer/t", tick.Target);
        Assert.Equal("OnTimer", tick.Json().GetProperty("callback").GetString());
        Assert.Equal("AQ==", tick.Json().GetProperty("data").GetString());
        Assert.Equal("0h0m0s10ms", tick.Json().GetProperty("dueTime").GetString());
        await actor.Probe.NextAsync();
        (await actor.Caller.SendAsync("DELETE", $"{actor.Path}/timers/t")).Is(204, "");
    }

    [Theory]
    [OnEveryTarget("""{"dueTime":"0s"}""", 1)]
    [OnEveryTarget("""{"period":"R3/PT0.1S"}""", 0)]
    [OnEveryTarget("""{"dueTime":"0s","period":"R2/PT1S"}""", 2)]
    [OnEveryTarget("""{"dueTime":"0s","period":"300ms","ttl":"700ms"}""", 3)]
    public async Task Timer_ComesThatOften(Target target, string body, int times)
    {
        var actor = await ActiveAsync(target);
        var answer = await actor.TimeAsync("t", body);
        if (times == 0)
        {
            // ISO parts have no fractions.
            answer.IsError(500, "ERR_ACTOR_TIMER_CREATE");
            return;
        }

        answer.Is(204);
        for (var tick = 0; tick < times; tick++)
            await actor.Probe.NextAsync();
        var last = actor.Probe.Count;
        (await actor.TimeAsync("last", """{"dueTime":"1s"}""")).Is(204);
        Assert.EndsWith("/timer/last", (await actor.Probe.NextAsync()).Target, StringComparison.Ordinal);
        Assert.Equal(last + 1, actor.Probe.Count);
    }

    [Theory]
    [OnEveryTarget("""{"dueTime":"P1D","period":"P1M"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"R5/P1DT1H"}""")]
    [OnEveryTarget("""{"dueTime":"2099-01-02T15:04:05Z"}""")]
    [OnEveryTarget("""{"period":"1h"}""")]
    public async Task Timer_IsTaken(Target target, string body)
    {
        var actor = await ActiveAsync(target);
        (await actor.TimeAsync("t", body)).Is(204);
        (await actor.Caller.SendAsync("DELETE", $"{actor.Path}/timers/t")).Is(204);
    }

    [Theory]
    [OnEveryTarget("""{"dueTime":"soon"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"R0/PT1S"}""")]
    [OnEveryTarget("""{"dueTime":"1h","period":"* * * * *"}""")]
    public async Task Timer_IsRefused(Target target, string body) =>
        (await (await ActiveAsync(target)).TimeAsync("t", body)).IsError(500, "ERR_ACTOR_TIMER_CREATE");

    [Theory]
    [OnEveryTarget]
    public async Task TypeOfAnotherApp_Is500(Target target) =>
        (await (await meshes.SharedAsync(target)).Peer.Actor("plain").TimeAsync("t", """{"dueTime":"1h"}""")).IsError(500, "ERR_ACTOR_TIMER_CREATE");

    [Theory]
    [OnEveryTarget]
    public async Task Name_UsedAgain_Replaces(Target target)
    {
        var actor = await ActiveAsync(target);
        (await actor.TimeAsync("t", """{"dueTime":"500ms","data":"old"}""")).Is(204);
        (await actor.TimeAsync("t", """{"dueTime":"0s","data":"new"}""")).Is(204);
        Assert.Equal("new", (await actor.Probe.NextAsync()).Json().GetProperty("data").GetString());
        (await actor.TimeAsync("last", """{"dueTime":"1s"}""")).Is(204);
        Assert.EndsWith("/timer/last", (await actor.Probe.NextAsync()).Target, StringComparison.Ordinal);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Deleted_ComesNoMore_AndMayBeDeletedAgain(Target target)
    {
        var actor = await ActiveAsync(target);
        (await actor.TimeAsync("t", """{"dueTime":"500ms"}""")).Is(204);
        (await actor.Caller.SendAsync("DELETE", $"{actor.Path}/timers/t")).Is(204);
        (await actor.Caller.SendAsync("DELETE", $"{actor.Path}/timers/t")).Is(204);
        (await actor.TimeAsync("last", """{"dueTime":"1s"}""")).Is(204);
        Assert.EndsWith("/timer/last", (await actor.Probe.NextAsync()).Target, StringComparison.Ordinal);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Failure_DoesNotEndTheSeries_AndIsNotTriedAgain(Target target)
    {
        var actor = await ActiveAsync(target);
        actor.Probe.ReturnsInTurn((500, ""), (200, ""));
        (await actor.TimeAsync("t", """{"dueTime":"0s","period":"R3/PT1S"}""")).Is(204);
        for (var tick = 0; tick < 3; tick++)
            await actor.Probe.NextAsync();
        (await actor.TimeAsync("last", """{"dueTime":"1200ms"}""")).Is(204);
        Assert.EndsWith("/timer/last", (await actor.Probe.NextAsync()).Target, StringComparison.Ordinal);
    }

    private async Task<ActorSide> ActiveAsync(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        await actor.ActivateAsync();
        return actor;
    }
}
