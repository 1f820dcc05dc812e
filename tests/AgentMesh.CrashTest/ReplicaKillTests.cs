using System.Collections.Concurrent;
using System.Diagnostics;
using AgentMesh.EndToEnd;

namespace AgentMesh.CrashTest;

/// <summary>The mesh with two agents processes, one of which dies under load.</summary>
public sealed class ReplicaKillTests
{
    private const int Clients = 8;
    private const int UsersPerClient = 5;

    /// <summary>How much later than usual a caller may get its answer.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task NoCallerSeesAnError_NobodyWaitsLong_AndEveryMessageIsThereOnceInOrder(StoreKind kind)
    {
        Chaos.UnlessOn(kind, StoreKind.Redis);
        var chaos = Chaos.Begin();
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, options: ["--replicas", "agents=2"]);
        var processes = mesh.Ready.Apps.Count;
        using var load = new Load(mesh.Ready.Gateway);
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => load.RunAsync(client), TestContext.Current.CancellationToken)).ToList();
        await load.WaitForAsync(500, clients);
        var usual = load.TakeLatencies();

        var kills = 0;
        for (; chaos.GoesOn(kills, shortForm: 1); kills++)
        {
            var pid = chaos.OneOf([.. mesh.Ready.Apps.Where(app => app.Id == "agents")]).Pid;
            Mesh.Kill(pid);
            await mesh.WaitForReadyAsync(ready => ready.Apps.Count == processes && ready.Apps.All(app => app.Pid != pid), TimeSpan.FromSeconds(60));
            // The agents of the new process move back to it, under load too.
            await load.WaitForAsync(500, clients);
        }

        load.Stop();
        await Task.WhenAll(clients);
        var (median, longest) = (usual[usual.Count / 2], load.TakeLatencies()[^1]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills: usual {median.TotalMilliseconds:0} ms, longest {longest.TotalMilliseconds:0} ms");
        Assert.InRange(longest, TimeSpan.Zero, median + Delay);
        await load.VerifyAsync();
    }

    /// <summary>Each client has users of its own and sends them numbered messages one after the other, never one again.</summary>
    private sealed class Load(Uri gateway) : IDisposable
    {
        private readonly AgentClient _http = new(gateway);
        private readonly ConcurrentDictionary<string, List<string>> _acknowledged = new();
        private readonly SemaphoreSlim _answers = new(0);
        private ConcurrentBag<TimeSpan> _latencies = [];
        private volatile bool _stopped;

        public void Stop() => _stopped = true;

        public void Dispose()
        {
            _http.Dispose();
            _answers.Dispose();
        }

        public async Task RunAsync(int client)
        {
            for (var number = 0; !_stopped; number++)
            {
                var user = $"user-{client}-{number % UsersPerClient}";
                var content = $"message {number} of client {client}";
                var sent = Stopwatch.GetTimestamp();
                // Throws on anything but success: the gateway has to hide the accident.
                var posted = await _http.PostAsync(user, content, $"key-{client}-{number}");
                _latencies.Add(Stopwatch.GetElapsedTime(sent));
                Assert.Contains($"You said: \"{content}\".", posted.Response, StringComparison.Ordinal);
                _acknowledged.GetOrAdd(user, _ => []).Add(content);
                _answers.Release();
            }
        }

        /// <summary>Waits for that many more answers; a client that failed ends the wait.</summary>
        public async Task WaitForAsync(int answers, List<Task> clients)
        {
            for (var got = 0; got < answers; got++)
            {
                var answer = _answers.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
                if (await Task.WhenAny([answer, .. clients]) is var first && first != answer)
                    await first;
                Assert.True(await answer, "No answer for 60 s.");
            }
        }

        /// <summary>Those since the last call, shortest first.</summary>
        public List<TimeSpan> TakeLatencies() => [.. Interlocked.Exchange(ref _latencies, []).Order()];

        public async Task VerifyAsync()
        {
            foreach (var (user, sent) in _acknowledged)
            {
                var history = await _http.HistoryAsync(user);
                Assert.Equal(sent, history.Where(message => message.Role == "user").Select(message => message.Content));
                Assert.Equal(2 * sent.Count, history.Count);
            }
        }
    }
}
