
namespace AgentMesh.EndToEnd;

/// <summary>
/// Agents that nobody uses cost nothing but what they store: no memory, no reminder. 100 agents by default; the long form is
/// <c>AGENTMESH_SILENT_AGENTS=10000 dotnet test --project tests/AgentMesh.EndToEnd -- --filter-class '*SilentAgentsTests'</c>.
/// </summary>
public sealed class SilentAgentsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(StoreKind.Embedded, "1", "4")]
    [InlineData(StoreKind.Embedded, "300", "1")]
    [InlineData(StoreKind.Redis, "300", "1")]
    public async Task AgentsThatWereReadOnce_EndWithNoReminderAndNoActor(StoreKind kind, string flushSeconds, string idleSeconds)
    {
        if (flushSeconds == "300")
            LongForm.OrSkip();
        var agents = LongForm.Number("AGENTMESH_SILENT_AGENTS", 100);
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(
            store.Data, store.Redis, "ready.json",
            "--set", $"AgentMesh__Flush__IntervalSeconds={flushSeconds}", "--set", $"AgentMesh__Actors__IdleTimeoutSeconds={idleSeconds}",
            "--set", "AgentMesh__Sweep__IntervalSeconds=1");
        using var client = new AgentClient(mesh.Ready.Gateway);
        await Parallel.ForAsync(
            0,
            agents,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
            async (n, _) =>
            {
                await client.PostAsync($"silent-{n}", "good night");
                await client.InfoAsync($"silent-{n}");
            });
        await WaitForSilenceAsync(mesh);

        // What was only in memory was written before it went.
        foreach (var n in new[] { 0, agents / 2, agents - 1 })
        {
            var info = (await mesh.CallAgentAsync($"default:silent-{n}", "GetInfo")).GetProperty("value");
            Assert.Equal(1, info.GetProperty("reads").GetInt64());
            Assert.True(info.GetProperty("lastSeen").GetDateTimeOffset() >= info.GetProperty("lastActive").GetDateTimeOffset());
        }

        await WaitForSilenceAsync(mesh);
        // Sweeps went on all the time, and found nothing to write.
        Assert.Empty(await mesh.TenantsWithDueWorkAsync());
    }

    private static async Task WaitForSilenceAsync(Mesh mesh)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        // Neither tells when it changes.
        while (await mesh.ActiveActorsAsync() > 0 || (await mesh.RemindersAsync()).Count > 0)
            await Task.Delay(100, limit.Token);
    }
}
