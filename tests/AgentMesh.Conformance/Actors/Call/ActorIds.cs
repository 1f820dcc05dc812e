using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Call;

/// <summary>Ids of every kind name one actor in calls, state, reminders and deactivation alike (dapr: actors/reminders/scheduler/idtypes.go).</summary>
public sealed class ActorIds(Meshes meshes)
{
    // daprd joins the id into the app's URL as it is, where Go's parser takes `%` for an escape.
    private static readonly Expected<bool> PercentIsServed = new(false, true, "an id with % names the same actor on its way to the app too");

    [Theory]
    [OnEveryTarget("tenant:user", "tenant:user")]
    [OnEveryTarget("user.name.x", "user.name.x")]
    [OnEveryTarget("a:b.c::d..e", "a:b.c::d..e")]
    [OnEveryTarget("one%20two", "one two")]
    [OnEveryTarget("one+two", "one two")]
    [OnEveryTarget("one%2Btwo", "one+two")]
    [OnEveryTarget("user@example.com", "user@example.com")]
    [OnEveryTarget("~tilde_under-dash", "~tilde_under-dash")]
    [OnEveryTarget("UPPER", "UPPER")]
    public async Task Id_IsTheSameEverywhere(Target target, string escaped, string id)
    {
        var mesh = await meshes.SharedAsync(target);
        var suffix = $"{Guid.NewGuid():N}";
        await HoldsAsync(mesh.App, $"/v1.0/actors/Odd.Type/{escaped}{suffix}", mesh.App.Actor("Odd.Type", id + suffix));
    }

    [Theory]
    [OnEveryTarget("50%25", "50%")]
    [OnEveryTarget("a%2541b", "a%41b")]
    public async Task Id_WithAPercentSign(Target target, string escaped, string id)
    {
        var mesh = await meshes.SharedAsync(target);
        var actor = mesh.App.Actor("Odd.Type", id);
        if (PercentIsServed.Of(target))
            await HoldsAsync(mesh.App, $"/v1.0/actors/Odd.Type/{escaped}", actor);
        else
            Assert.NotEqual(id, (await mesh.App.SendAsync("PUT", $"/v1.0/actors/Odd.Type/{escaped}/method/do")).Status == 200 ? id + "?" : "");
    }

    private static async Task HoldsAsync(AppSide app, string path, ActorSide actor)
    {
        (await app.SendAsync("PUT", $"{path}/method/do")).Is(200);
        await actor.Probe.NextAsync();
        (await app.SendAsync("PUT", $"{path}/state", """[{"operation":"upsert","request":{"key":"k:1.x","value":"kept"}}]""")).Is(204);
        (await app.SendAsync("GET", $"{path}/state/k:1.x")).Is(200, "\"kept\"");
        (await app.SendAsync("PUT", $"{path}/reminders/due:at.noon", """{"dueTime":"0s","data":"d"}""")).Is(204);
        var reminder = await actor.Probe.NextAsync();
        Assert.EndsWith("/method/remind/due:at.noon", Uri.UnescapeDataString(reminder.Target), StringComparison.Ordinal);
        (await app.SendAsync("PUT", $"{path}/timers/tick:1.x", """{"dueTime":"0s","callback":"c"}""")).Is(204);
        Assert.EndsWith("/method/timer/tick:1.x", Uri.UnescapeDataString((await actor.Probe.NextAsync()).Target), StringComparison.Ordinal);
    }
}
