using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Call;

/// <summary>The SDK joins its endpoint and its paths with two slashes and does not escape ids (Dapr.Actors, DaprHttpInteractor).</summary>
public sealed class Paths(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("//v1.0/actors/plain/{0}/method/do")]
    [OnEveryTarget("/v1.0//actors//plain/{0}/method//do")]
    [OnEveryTarget("/v1.0/./actors/x/../plain/{0}/method/do")]
    [OnEveryTarget("/v1.0/actors/plain/{0}/method/do/")]
    public async Task Path_IsCleanedFirst(Target target, string path)
    {
        var mesh = await meshes.SharedAsync(target);
        var actor = mesh.App.Actor();
        (await mesh.App.SendAsync("PUT", string.Format(System.Globalization.CultureInfo.InvariantCulture, path, actor.Id))).Is(200);
        Assert.Equal($"/actors/plain/{actor.Id}/method/do", (await actor.Probe.NextAsync()).Target);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Query_DoesNotReachTheActor(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var actor = mesh.App.Actor();
        (await mesh.App.SendAsync("PUT", $"{actor.Path}/method/do?a=b")).Is(200);
        Assert.StartsWith($"/actors/plain/{actor.Id}/method/do", (await actor.Probe.NextAsync()).Target, StringComparison.Ordinal);
    }
}
