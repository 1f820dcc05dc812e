using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.Shutdown;

/// <summary>dapr: daprd/shutdown, actors/deactivation/onexit.go. A sidecar ends in order while its app still lives.</summary>
public sealed class Graceful
{
    [Theory]
    [OnEveryTarget("signal")]
    [OnEveryTarget("http")]
    [OnEveryTarget("grpc")]
    public async Task Sidecar_ThatEnds_LetsTheRunningTurnFinish_AndDeactivatesItsActors(Target target, string way)
    {
        await using var mesh = await Mesh.StartAsync(target, new MeshOptions { Apps = [AppDefinition.Host] });
        var app = mesh.App;
        var (idle, busy) = (app.Actor(), app.Actor());
        await idle.ActivateAsync();
        var release = busy.Probe.Holds();
        var running = busy.CallAsync("long");
        await busy.Probe.NextAsync();

        if (way == "http")
            (await app.SendAsync("POST", "/v1.0/shutdown")).Is(204, "");
        else if (way == "grpc")
            await app.Dapr.ShutdownSidecarAsync(TestContext.Current.CancellationToken);
        else
            mesh.Terminate(app);

        Assert.Equal("DELETE", (await idle.Probe.NextAsync()).Method);
        Assert.Equal(1, busy.Probe.Count);
        release.SetResult();
        (await running).Is(200);
        Assert.Equal("DELETE", (await busy.Probe.NextAsync()).Method);
        await mesh.WaitForExitAsync(app);
    }
}
