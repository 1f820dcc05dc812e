using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using AgentMesh.EndToEnd;

namespace AgentMesh.CrashTest;

/// <summary>No turn runs on two processes at once, whatever happens to them; what one that was stopped and replaced is still about saves nothing.</summary>
public sealed class FencingTests
{
    private const int Clients = 8;
    private const int Actors = 20;
    private const int Replicas = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Turns_NeverOverlap_UnderKillsStopsAndJoins(StoreKind kind)
    {
        Chaos.UnlessOn(kind, StoreKind.Embedded);
        var chaos = Chaos.Begin();
        await using var store = await TestStore.CreateAsync(kind);
        await using var fence = await FencingStore.StartAsync();
        await using var probe = await Probe.StartAsync(store, fence.Address, Replicas);
        using var answers = new SemaphoreSlim(0);
        var stopped = false;
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => RunClientAsync(client), TestContext.Current.CancellationToken)).ToList();

        var accidents = 0;
        try
        {
            for (; chaos.GoesOn(accidents, shortForm: 3); accidents++)
            {
                // The successor of a killed process joins, and its actors move back.
                if (accidents % 3 != 1)
                    await probe.KillAsync(chaos.OneOf(probe.Pids));
                else
                    await StopUntilReplacedAsync(chaos.OneOf(probe.Pids));
                await WaitForTurnsAsync(200);
            }
        }
        finally
        {
            Volatile.Write(ref stopped, true);
            await Task.WhenAll(clients);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{accidents} accidents, {fence.Turns} turns");
        fence.AssertNoTurnsOverlapped();
        fence.AssertNoUpdateWasLost();

        async Task RunClientAsync(int client)
        {
            var random = new Random(client);
            while (!Volatile.Read(ref stopped))
            {
                // A failed call is not of interest: what it left behind is.
                using var answer = await TurnAsync(probe, $"actor-{random.Next(Actors)}", random.Next(20));
                if (answer.IsSuccessStatusCode)
                    answers.Release();
            }
        }

        // Stopped in the middle of whatever it does, until one of its actors is somewhere else.
        async Task StopUntilReplacedAsync(int pid)
        {
            await StopAsync(fence, pid);
            try
            {
                var held = Enumerable.Range(0, Actors).Select(actor => $"actor-{actor}").Where(actor => fence.TurnsOf(actor) is [.., var last] && last.Pid == pid).ToList();
                while (held.Count > 0 && held.TrueForAll(actor => fence.TurnsOf(actor)[^1].Pid == pid))
                    await WaitForTurnsAsync(1);
            }
            finally
            {
                await SignalAsync("CONT", pid);
            }
        }

        async Task WaitForTurnsAsync(int count)
        {
            // Those from before do not count.
            while (answers.Wait(0, CancellationToken.None))
                continue;
            for (var turn = 0; turn < count; turn++)
                Assert.True(await answers.WaitAsync(Patience, TestContext.Current.CancellationToken), $"No turn for {Patience}:\n{probe.Mesh.Output}");
        }
    }

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task AProcessThatWasStoppedAndReplaced_CanNoLongerWrite(StoreKind kind)
    {
        Chaos.UnlessOn(kind, StoreKind.Redis);
        await using var store = await TestStore.CreateAsync(kind);
        await using var fence = await FencingStore.StartAsync();
        await using var probe = await Probe.StartAsync(store, fence.Address, replicas: 2);
        using (var before = await TurnAsync(probe, "frozen", 1))
            Assert.Equal("1", await before.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        // Before the turn hears of its token: it stands still in the middle for sure.
        fence.Entered = (_, pid) =>
        {
            fence.Entered = null;
            StopAsync(fence, pid).GetAwaiter().GetResult();
        };
        using (var lost = await TurnAsync(probe, "frozen", 0))
            Assert.False(lost.IsSuccessStatusCode);
        using (var replaced = await TurnAsync(probe, "frozen", 0))
        {
            var count = await replaced.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(count == "2", $"{count} after {string.Join(", ", fence.TurnsOf("frozen").Select(turn => $"{turn.Token} in {turn.Pid}: {turn.Count} {turn.Saved}"))}");
        }

        var (stopped, successor) = (fence.TurnsOf("frozen")[1], fence.TurnsOf("frozen")[2]);
        Assert.NotEqual(stopped.Pid, successor.Pid);
        Assert.True(Mesh.IsRunning(stopped.Pid));

        await SignalAsync("CONT", stopped.Pid);
        await stopped.Ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal((2L, false), (stopped.Count, stopped.Saved));
        using (var after = await TurnAsync(probe, "frozen", 0))
            Assert.Equal("3", await after.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        fence.AssertNoTurnsOverlapped();
    }

    private static Task<HttpResponseMessage> TurnAsync(Probe probe, string actor, int milliseconds) =>
        probe.Sidecar.PutAsJsonAsync($"/v1.0/actors/Fenced/{actor}/method/Turn", milliseconds, TestContext.Current.CancellationToken);

    /// <summary>Completes when the process stands still: the signal is taken by one thread, and on a busy machine the others go on until it is.</summary>
    private static async Task StopAsync(FencingStore fence, int pid)
    {
        fence.Stops(pid);
        await SignalAsync("STOP", pid);
        var begun = Stopwatch.GetTimestamp();
        while (!Directory.GetDirectories($"/proc/{pid}/task").All(thread => FencingStore.StateOf(thread) is 'T' or 'Z' or 'X' or null))
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, $"Process {pid} does not stop.");
            await Task.Delay(1);
        }
    }

    private static async Task SignalAsync(string signal, int pid)
    {
        using var kill = Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
