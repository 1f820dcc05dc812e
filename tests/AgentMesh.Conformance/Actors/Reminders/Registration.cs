using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Reminders;

/// <summary>dapr: actors/reminders/get.go, delete.go, overwrite.go, scheduler/upsert.go, specialchars.go.</summary>
public sealed class Registration(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Get_SaysWhatWasRegistered(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", """{"dueTime":"1h","period":"5m","data":"AQID","ttl":"10h"}""")).Is(204);
        var answer = await actor.Caller.SendAsync("GET", $"{actor.Path}/reminders/r");
        answer.Is(200);
        var json = answer.Json;
        Assert.Equal(actor.Id, json.GetProperty("actorID").GetString());
        Assert.Equal("plain", json.GetProperty("actorType").GetString());
        Assert.Equal("AQID", json.GetProperty("data").GetString());
        // The spans as the SDK can read them; the exact text is the runtime's own.
        Assert.All(["dueTime", "period", "ttl"], name => Assert.NotEmpty(json.GetProperty(name).GetString()!));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Get_OfAMissingOne_Is404(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.Caller.SendAsync("GET", $"{actor.Path}/reminders/none")).IsError(404, "ERR_ACTOR_REMINDER_NOT_FOUND");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Delete_IsDoneTwice(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", """{"dueTime":"1h"}""")).Is(204);
        (await actor.Caller.SendAsync("DELETE", $"{actor.Path}/reminders/r")).Is(204, "");
        (await actor.Caller.SendAsync("DELETE", $"{actor.Path}/reminders/r")).Is(204, "");
        (await actor.Caller.SendAsync("GET", $"{actor.Path}/reminders/r")).IsError(404, "ERR_ACTOR_REMINDER_NOT_FOUND");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Name_UsedAgain_ReplacesTimesDataAndCount(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", """{"dueTime":"1h","period":"R9/PT1H","data":"old"}""")).Is(204);
        (await actor.RemindAsync("r", """{"dueTime":"0s","data":"new"}""")).Is(204);
        Assert.Contains("\"new\"", (await actor.Probe.NextAsync()).Text, StringComparison.Ordinal);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Name_UsedAgainWithoutOverwrite_Is409_AndTheFirstStays(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync("r", """{"dueTime":"500ms","data":"first"}""")).Is(204);
        (await actor.RemindAsync("r", """{"dueTime":"0s","data":"second","overwrite":false}""")).IsError(409, "ERR_ACTOR_REMINDER_ALREADY_EXISTS");
        Assert.Contains("\"first\"", (await actor.Probe.NextAsync()).Text, StringComparison.Ordinal);
    }

    [Theory]
    [OnEveryTarget]
    public async Task TypeOfAnotherApp_IsRefusedEverywhere(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).Peer.Actor("plain");
        (await actor.RemindAsync("r", """{"dueTime":"1h"}""")).IsError(403, "ERR_ACTOR_REMINDER_NON_HOSTED");
        (await actor.Caller.SendAsync("GET", $"{actor.Path}/reminders/r")).IsError(403, "ERR_ACTOR_REMINDER_NON_HOSTED");
        (await actor.Caller.SendAsync("DELETE", $"{actor.Path}/reminders/r")).IsError(403, "ERR_ACTOR_REMINDER_NON_HOSTED");
    }

    [Theory]
    [OnEveryTarget]
    public async Task ReservedType_Is403(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        (await app.SendAsync("POST", "/v1.0/actors/dapr.internal.default.app.workflow/1/reminders/r", """{"dueTime":"1h"}""")).IsError(403, "ERR_ACTOR_TYPE_RESERVED");
    }

    [Theory]
    [OnEveryTarget("a:b")]
    [OnEveryTarget("a.b.c")]
    [OnEveryTarget("a:b.c-d_e")]
    [OnEveryTarget("two words")]
    [OnEveryTarget("UPPER~x@y")]
    [OnEveryTarget("grün")]
    public async Task Name_OfManyKinds_Comes_AndIsFound(Target target, string name)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.RemindAsync(name, """{"dueTime":"1h"}""")).Is(204);
        (await actor.Caller.SendAsync("GET", $"{actor.Path}/reminders/{Uri.EscapeDataString(name)}")).Is(200);
        (await actor.RemindAsync(name, """{"dueTime":"0s"}""")).Is(204);
        Assert.EndsWith($"/method/remind/{name}", Uri.UnescapeDataString((await actor.Probe.NextAsync()).Target), StringComparison.Ordinal);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Name_WithTheSeparator_Is500(Target target) =>
        (await (await meshes.SharedAsync(target)).App.Actor().RemindAsync("a||b", """{"dueTime":"1h"}""")).IsError(500, "ERR_ACTOR_REMINDER_CREATE");

    [Theory]
    [OnEveryTarget]
    public async Task Name_ThatBeginsWithHalfASeparator(Target target)
    {
        var taken = new Expected<bool>(true, false, "it would make two reminders one key");
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        Assert.Equal(taken.Of(target) ? 204 : 500, (await actor.RemindAsync("|a", """{"dueTime":"1h"}""")).Status);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Registration_NeitherActivatesNorWaitsForTheActor(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        var release = actor.Probe.Holds();
        var running = actor.CallAsync();
        await actor.Probe.NextAsync();
        (await actor.RemindAsync("r", """{"dueTime":"1h"}""")).Is(204);
        release.SetResult();
        (await running).Is(200);

        var untouched = actor.Caller.Actor();
        (await untouched.RemindAsync("r", """{"dueTime":"1h"}""")).Is(204);
        (await untouched.TransactAsync("""[{"operation":"upsert","request":{"key":"k","value":1}}]""")).IsError(400, "ERR_ACTOR_INSTANCE_MISSING");
    }
}
