using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>
/// Freezes while 80 agents (<c>AGENTMESH_FROZEN_AGENTS</c>) in two processes spend, as a tenant or one by one: a second after the answer nobody takes a hold, by the model server's own
/// account of when it was asked, and by the ledgers.
/// </summary>
public sealed class FreezeOfManyTests
{
    private const long SecondMs = 1000;

    private static readonly int Agents = LongForm.Number("AGENTMESH_FROZEN_AGENTS", 80);

    [Fact]
    public async Task TenantThatIsFrozen_TakesNoHoldAfterASecond_AndAllOfItsAgentsGoOnWhenItIsNot()
    {
        LongForm.OrSkip();
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", RunningAgents.Options(model));
        using var client = new AgentClient(mesh.Ready.Gateway);
        var agents = new RunningAgents(client, model, Agents);
        await agents.StartAsync();

        using (var frozen = await agents.SendAsync(HttpMethod.Post, "/admin/tenants/default/freeze", new { reason = "audit" }))
            frozen.EnsureSuccessStatusCode();
        var end = RunningAgents.Now() + SecondMs;
        await WaitUntilAsync(end);
        var used = new long[agents.Count];
        await agents.EachAsync(async agent => used[agent] = await agents.UsedAsync(agent));
        var paused = await agents.UntilPausedAsync();
        Assert.All(paused, one => Assert.Equal("tenant_frozen", one.Code));
        var log = await agents.LogAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"{log.Count} requests; the last one {log.Max(one => one.At) - end + SecondMs} ms after the freeze was answered.");
        Assert.DoesNotContain(log, one => one.At > end);
        await agents.EachAsync(async agent =>
        {
            // What was held before may be settled for less, and nothing is added.
            Assert.InRange(await agents.UsedAsync(agent), 1, used[agent]);
            Assert.Equal(paused[agent], await agents.PostAsync(agent));
        });

        using (var thawed = await agents.SendAsync(HttpMethod.Post, "/admin/tenants/default/unfreeze", null))
            thawed.EnsureSuccessStatusCode();
        await agents.EachAsync(async agent => await agents.ResumeAsync(agent, paused[agent].Turn));
        await agents.EachAsync(async agent => await agents.UntilCompletedAsync(agent, paused[agent].Turn));
    }

    [Fact]
    public async Task AgentsThatAreFrozenOneByOne_TakeNoHoldAfterASecond()
    {
        LongForm.OrSkip();
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", RunningAgents.Options(model));
        using var client = new AgentClient(mesh.Ready.Gateway);
        var agents = new RunningAgents(client, model, Agents);
        await agents.StartAsync();

        var begun = RunningAgents.Now();
        var ends = new long[agents.Count];
        await agents.EachAsync(async agent =>
        {
            using var frozen = await agents.SendAsync(HttpMethod.Post, $"/admin/agents/{RunningAgents.NameOf(agent)}/freeze", new { reason = "audit" });
            frozen.EnsureSuccessStatusCode();
            ends[agent] = RunningAgents.Now() + SecondMs;
        });
        var took = RunningAgents.Now() - begun;
        var paused = await agents.UntilPausedAsync();
        Assert.All(paused, one => Assert.Equal("agent_frozen", one.Code));
        var byName = (await agents.LogAsync()).GroupBy(one => one.Message).ToDictionary(group => group.Key, group => group.Max(one => one.At));
        var latest = Enumerable.Range(0, agents.Count).Max(agent => byName[RunningAgents.NameOf(agent)] - ends[agent]) + SecondMs;
        TestContext.Current.TestOutputHelper!.WriteLine($"{agents.Count} freezes took {took} ms; the last request came {latest} ms after its agent's was answered.");
        Assert.True(latest <= SecondMs, $"A request came {latest} ms after its agent was frozen.");
        await agents.EachAsync(async agent => Assert.Equal(paused[agent], await agents.PostAsync(agent)));
    }

    private static async Task WaitUntilAsync(long at)
    {
        if (at - RunningAgents.Now() is > 0 and var left)
            await Task.Delay((int)left, TestContext.Current.CancellationToken);
    }
}
