using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Call;

/// <summary>dapr: actors/call/methodinjection.go. What could become another path at the app is refused.</summary>
public sealed class InvalidNames(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("plain/a%2Fb", "do")]
    [OnEveryTarget("plain/a%5Cb", "do")]
    [OnEveryTarget("plain/a%3Fb", "do")]
    [OnEveryTarget("plain/a%23b", "do")]
    [OnEveryTarget("plain/a%0Ab", "do")]
    [OnEveryTarget("plain/a%7Fb", "do")]
    [OnEveryTarget("plain/%2E%2E", "do")]
    [OnEveryTarget("pl%2Fain/a", "do")]
    [OnEveryTarget("plain/fine", "legit%3Fredirect=x")]
    [OnEveryTarget("plain/fine", "legit%23fragment")]
    [OnEveryTarget("plain/fine", "legit%0Devil")]
    public async Task Call_Is400(Target target, string actor, string method)
    {
        var mesh = await meshes.SharedAsync(target);
        (await mesh.App.SendAsync("POST", $"/v1.0/actors/{actor}/method/{method}")).IsError(400, "ERR_BAD_REQUEST");
    }

    [Theory]
    [OnEveryTarget("admin%2F..%2Flegit", "legit")]
    [OnEveryTarget("..%2F..%2Flegit", "legit")]
    [OnEveryTarget("a%2Fb", "a/b")]
    [OnEveryTarget("plain%20word", "plain%20word")]
    public async Task Method_IsCleanedBeforeTheAppGetsIt(Target target, string method, string received)
    {
        var mesh = await meshes.SharedAsync(target);
        var actor = mesh.App.Actor();
        (await actor.CallAsync(method)).Is(200);
        Assert.Equal($"/actors/plain/{actor.Id}/method/{received}", (await actor.Probe.NextAsync()).Target);
    }

    [Theory]
    [OnEveryTarget("reminders", "a%2F..%2Fb")]
    [OnEveryTarget("reminders", "a%3Fb")]
    [OnEveryTarget("reminders", "a%0Ab")]
    [OnEveryTarget("timers", "..%2F..%2Fmethod%2Fevil")]
    [OnEveryTarget("timers", "a%5Cb")]
    public async Task NameOfACallback_ThatIsAPath_Is400(Target target, string kind, string name)
    {
        var mesh = await meshes.SharedAsync(target);
        var actor = mesh.App.Actor();
        (await mesh.App.SendAsync("POST", $"{actor.Path}/{kind}/{name}", """{"dueTime":"1000s","period":"1000s"}""")).IsError(400, "ERR_BAD_REQUEST");
    }
}
