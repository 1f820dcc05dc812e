using System.Collections.Concurrent;
using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests.TenantBudgets;

/// <summary>The real actors of one process, on the real clock.</summary>
public sealed class FreezeOfManyTests
{
    private const int Agents = 200;

    [Fact]
    public async Task Freeze_During200RunningAgents_LeavesNoNewHoldAfterOneSecond()
    {
        await using var host = await HostUnderTest.StartAsync(TimeProvider.System);
        await Parallel.ForAsync(0, Agents, async (n, _) => await host.PostAsync($"default:a{n}", "hi", "r1"));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var holds = new ConcurrentQueue<(long AskedAt, string? Code)>();
        var running = Enumerable.Range(0, Agents).Select(n => SpendAsync(host, $"default:a{n}", holds, end.Token)).ToArray();
        await HostUnderTest.UntilAsync(() => Task.FromResult(holds.Count(hold => hold.Code is null) >= 2 * Agents));

        await host.FreezeTenantAsync();
        var after = TimeProvider.System.GetTimestamp() + TimeProvider.System.TimestampFrequency;
        await HostUnderTest.UntilAsync(() => Task.FromResult(holds.Count(hold => hold.AskedAt > after) >= Agents));
        await end.CancelAsync();
        await Task.WhenAll(running);

        Assert.All(holds.Where(hold => hold.AskedAt > after), hold => Assert.Equal("tenant_frozen", hold.Code));
    }

    /// <summary>Takes one hold after the other, each for something that costs nothing in the end.</summary>
    private static async Task SpendAsync(HostUnderTest host, string agent, ConcurrentQueue<(long, string?)> holds, CancellationToken cancellationToken)
    {
        for (var call = 1; !cancellationToken.IsCancellationRequested; call++)
        {
            var askedAt = TimeProvider.System.GetTimestamp();
            var hold = await host.CallAsync(
                agent,
                nameof(IAgentSummaries.HoldSummary),
                JsonContent.Create(new HoldSummary("default", "w", call, 1000, 1000, 0), ContractsJson.Default.HoldSummary),
                ContractsJson.Default.ReplyCallHold);
            holds.Enqueue((askedAt, hold.Value!.PausedCode));
        }
    }
}
