using System.Diagnostics;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Deactivation;

/// <summary>dapr: actors/dissemination/drain. A turn that outlasts its type's drain time (500 ms) is cut off; its actor is deactivated all the same.</summary>
public sealed class Drain
{
    [Theory]
    [OnEveryTarget]
    public async Task Turn_LongerThanTheDrainTime_IsAborted(Target target)
    {
        await using var mesh = await Mesh.StartAsync(target, new MeshOptions { Apps = [AppDefinition.Host] });
        var actor = mesh.App.Actor("hasty");
        actor.Probe.Holds();
        var running = actor.CallAsync("endless");
        var request = await actor.Probe.NextAsync();
        var started = Stopwatch.GetTimestamp();
        mesh.Terminate(mesh.App);
        await request.WaitForAbortAsync();
        Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds > 0.4);
        Assert.Equal("DELETE", (await actor.Probe.NextAsync()).Method);
        await Assert.ThrowsAnyAsync<Exception>(async () => Assert.Equal(200, (await running).Status));
        await mesh.WaitForExitAsync(mesh.App);
    }
}
