namespace AgentMesh.EndToEnd.Caps;

/// <summary>The caps of <see cref="CapTests"/>, of a tenant whose agents share them.</summary>
public sealed class TenantCapTests
{
    /// <summary>A tenant's cap, which all its agents spend of, whichever process they are in.</summary>
    [Fact(Timeout = CapRuns.TimeoutMs)]
    public Task TenantsCap_HoldsInTenReplicas()
    {
        LongForm.OrSkip();
        return CapRuns.RunTenantAsync(users: 10, ["--replicas", "agents=10,gateway=2"], _ => Task.CompletedTask);
    }

    /// <summary>What a process has leased of a tenant's cap, and the runs of its agents, die with it.</summary>
    [Fact(Timeout = CapRuns.TimeoutMs)]
    public Task TenantsCap_HoldsWhenHoldersOfLeasesDie()
    {
        LongForm.OrSkip();
        return CapRuns.RunTenantAsync(users: 4, CapRuns.TwoAgents, async mesh =>
        {
            var running = await mesh.RunningAsync;
            for (var kill = 0; kill < 3; kill++)
                await running.ReplaceAsync(running.Ready.Apps.Where(app => app.Id == "agents").ElementAt(kill % 2), seconds: 60);
        });
    }
}
