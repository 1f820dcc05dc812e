using System.Diagnostics;
using System.Globalization;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Daprd;

/// <summary>Real processes on a real Redis: several sidecars of one actor host, and a caller's, under load.</summary>
public sealed class PlacementAcrossTests
{
    private const int Actors = 16;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Actors_AreNeverActiveTwice_ThroughJoinLeaveAndDeath()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var (caller, first, second, third) = (mesh.Daprd("caller", null), await HostAsync(mesh), await HostAsync(mesh), await HostAsync(mesh));
        await Task.WhenAll(caller.Initialized, first.StartAsync(), second.StartAsync());
        await using var load = new Load(caller);
        await load.ReachAsync(100);
        Assert.True(first.App.Turns > 0 && second.App.Turns > 0, "both hosts serve");

        await third.StartAsync();
        await load.ReachAsync(200);
        await EventuallyAsync(() => third.App.Turns > 0);

        Assert.Equal(0, await second.Daprd!.StopAsync());
        await load.ReachAsync(200);

        await first.Daprd!.KillAsync();
        await load.ReachAsync(200);

        // The same app gets a new sidecar: what it still remembers of its actors may be out of date.
        await first.StartAsync();
        var turns = first.App.Turns;
        await load.ReachAsync(100);
        await EventuallyAsync(() => first.App.Turns > turns);

        await load.StopAsync();
        Assert.Equal("0", (await mesh.Redis.StringGetAsync("overlaps")).IsNull ? "0" : "1");
        await AssertEachNumberOnceAsync(mesh, load, first, second, third);
        TestContext.Current.TestOutputHelper?.WriteLine($"{load.Succeeded} calls, slowest {load.Slowest.TotalSeconds:0.00} s");
    }

    [Fact]
    public async Task SuspendedSidecar_LosesItsActors_AndCannotWriteWhenItWakes()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var (caller, first, second) = (mesh.Daprd("caller", null), await HostAsync(mesh), await HostAsync(mesh));
        await Task.WhenAll(caller.Initialized, first.StartAsync(), second.StartAsync());
        await using var load = new Load(caller);
        await load.ReachAsync(100);

        first.Daprd!.Suspend();
        var (before, turns) = (load.Succeeded, second.App.Turns);
        // Longer than the lease: all actors are called again, so all of the first host's have gone to the second.
        await load.AllActorsAsync();
        Assert.True(load.Succeeded > before && second.App.Turns > turns);

        first.Daprd.Resume();
        turns = first.App.Turns;
        await load.ReachAsync(200);
        await EventuallyAsync(() => first.App.Turns > turns);
        Assert.Contains("could not keep its lease", first.Daprd.Output, StringComparison.Ordinal);

        await load.StopAsync();
        await AssertEachNumberOnceAsync(mesh, load, first, second);
        TestContext.Current.TestOutputHelper?.WriteLine($"{load.Succeeded} calls, slowest {load.Slowest.TotalSeconds:0.00} s");
    }

    [Fact]
    public async Task AppThatDies_IsNoticedWithoutHealthChecks_AndItsSuccessorIsServed()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var (caller, first, second) = (mesh.Daprd("caller", null), await HostAsync(mesh), await HostAsync(mesh));
        await Task.WhenAll(caller.Initialized, first.StartAsync(), second.StartAsync());
        // What an app does not answer is its own error, as with daprd: callers of what may be done twice try again.
        await using var load = new Load(caller, retries: true);
        await load.ReachAsync(50);

        var port = first.Stub.Port;
        await first.Stub.DisposeAsync();
        await EventuallyAsync(() => first.Daprd!.Output.Contains("The app's process is gone", StringComparison.Ordinal));
        using (var health = await first.Daprd!.Client.GetAsync("/v1.0/healthz", Token))
            Assert.Equal(500, (int)health.StatusCode);
        await load.ReachAsync(100);

        using var successor = new CountingApp(await mesh.AppAsync(port: port), mesh);
        successor.Serve(() => first.Daprd!.HttpPort);
        await load.ReachAsync(100);
        await EventuallyAsync(() => successor.Turns > 0);
        using (var health = await first.Daprd!.Client.GetAsync("/v1.0/healthz", Token))
            Assert.Equal(204, (int)health.StatusCode);
    }

    internal static async Task EventuallyAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(20, limit.Token);
    }

    private static async Task<Host> HostAsync(DaprdMesh mesh)
    {
        var stub = await mesh.AppAsync();
        return new Host(mesh, stub, new CountingApp(stub, mesh));
    }

    private static async Task AssertEachNumberOnceAsync(DaprdMesh mesh, Load load, params Host[] hosts)
    {
        var written = hosts.SelectMany(host => host.App.Written).ToList();
        Assert.NotEmpty(written);
        Assert.Equal(written.Count, written.Distinct().Count());
        Assert.True(written.Count >= load.Succeeded);
        foreach (var actor in written.GroupBy(entry => entry.Actor))
        {
            var stored = await mesh.Redis.HashGetAsync($"host||T||{actor.Key}||n", "data");
            Assert.True(int.Parse(stored.ToString(), CultureInfo.InvariantCulture) >= actor.Max(entry => entry.Number), $"{actor.Key} lost a write");
        }
    }

    private sealed class Host(DaprdMesh mesh, StubApp stub, CountingApp app)
    {
        public StubApp Stub => stub;

        public CountingApp App => app;

        public DaprdProcess? Daprd { get; private set; }

        public Task StartAsync()
        {
            Daprd = mesh.Daprd("host", stub.Port);
            app.Serve(() => Daprd.HttpPort);
            return Daprd.Initialized;
        }
    }

    /// <summary>Calls all actors all the time; the first failure ends the test.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

        private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);
        private readonly Task[] _workers;
        private readonly int[] _calls = new int[Actors];
        private long _slowest;

        public Load(DaprdProcess caller, bool retries = false) => _workers = [.. Enumerable.Range(0, 4).Select(worker => Task.Run(() => WorkAsync(caller, worker, retries)))];

        public int Succeeded => _calls.Sum();

        public TimeSpan Slowest => TimeSpan.FromTicks(_slowest);

        public async Task ReachAsync(int more)
        {
            var wanted = Succeeded + more;
            await EventuallyAsync(() => Succeeded >= wanted || _workers.Any(worker => worker.IsCompleted));
            ThrowIfFailed();
        }

        /// <summary>Each actor has answered a call that began after this one.</summary>
        public async Task AllActorsAsync()
        {
            var before = _calls.ToArray();
            await EventuallyAsync(() => _calls.Zip(before).All(pair => pair.First > pair.Second + 1) || _workers.Any(worker => worker.IsCompleted));
            ThrowIfFailed();
        }

        private static Task<HttpResponseMessage> CallAsync(DaprdProcess caller, int actor) =>
            caller.Client.PostAsync($"/v1.0/actors/T/actor-{actor}/method/turn", null, CancellationToken.None);

        public async Task StopAsync()
        {
            await _stopping.CancelAsync();
            await Task.WhenAll(_workers);
        }

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            await Task.WhenAll(_workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stopping.Dispose();
        }

        private void ThrowIfFailed()
        {
            foreach (var failed in _workers.Where(worker => worker.IsFaulted))
                failed.GetAwaiter().GetResult();
        }

        private async Task WorkAsync(DaprdProcess caller, int worker, bool retries)
        {
            for (var turn = worker; !_stopping.IsCancellationRequested; turn += 4)
            {
                var since = Stopwatch.GetTimestamp();
                var answer = await CallAsync(caller, turn % Actors);
                while (retries && !answer.IsSuccessStatusCode && Stopwatch.GetElapsedTime(since) < Patience)
                {
                    answer.Dispose();
                    await Task.Delay(50, CancellationToken.None);
                    answer = await CallAsync(caller, turn % Actors);
                }

                using var last = answer;
                var text = await answer.Content.ReadAsStringAsync(CancellationToken.None);
                Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} after {Stopwatch.GetElapsedTime(since)}: {text}");
                Interlocked.Increment(ref _calls[turn % Actors]);
                var took = Stopwatch.GetElapsedTime(since).Ticks;
                for (var slowest = _slowest; took > slowest; slowest = _slowest)
                    Interlocked.CompareExchange(ref _slowest, took, slowest);
            }
        }
    }
}
