using System.Diagnostics;

namespace AgentMesh.Bench;

/// <summary>Throughput, latency and CPU of a stretch of load.</summary>
/// <param name="MessagesPerSecond">Acknowledged messages over wall time.</param>
/// <param name="P50Ms">Median latency.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="CpuMsPerMessage">User and system time of all processes of the mesh, per message.</param>
/// <param name="CpuMsByProcess">The same, by process.</param>
internal sealed record LoadResult(double MessagesPerSecond, double P50Ms, double P99Ms, double CpuMsPerMessage, IReadOnlyDictionary<string, CpuTime> CpuMsByProcess);

/// <summary>What load is put on.</summary>
internal interface ILoaded
{
    /// <summary>Where clients connect.</summary>
    Uri Gateway { get; }

    /// <summary>CPU seconds of every process of it, by name.</summary>
    IReadOnlyDictionary<string, CpuTime> Cpu();
}

/// <summary>The measurements themselves; each needs a running mesh.</summary>
internal static class Measurements
{
    /// <summary>Every connection posts to its users in turn for as long as asked; users are shared out, as in life.</summary>
    public static Task<LoadResult> LoadAsync(ILoaded mesh, int connections, int users, int messages, string content, CancellationToken cancellationToken) =>
        LoadAsync(mesh, connections, users, messages, (connection, user) => connection.PostAsync(user, content, cancellationToken), cancellationToken);

    /// <summary>The same, of the users that are named, one message each.</summary>
    public static Task<LoadResult> LoadAsync(ILoaded mesh, int connections, string[] users, string content, CancellationToken cancellationToken) =>
        LoadAsync(mesh, connections, users.Length, number => users[number], (connection, user) => connection.PostAsync(user, content, cancellationToken), cancellationToken);

    /// <summary>The same, of calls of any kind.</summary>
    public static Task<LoadResult> LoadAsync(
        ILoaded mesh, int connections, int users, int messages, Func<LoadConnection, string, Task> callAsync, CancellationToken cancellationToken) =>
        LoadAsync(mesh, connections, messages, number => $"user-{number % users}", callAsync, cancellationToken);

    /// <summary>Rounds of a load on all of them in turns, after one that warms up: what the machine has to do beside this falls on all of them.</summary>
    /// <returns>The rounds of each.</returns>
    public static async Task<IReadOnlyList<List<LoadResult>>> InTurnsAsync(IReadOnlyList<ILoaded> all, int rounds, Func<ILoaded, Task<LoadResult>> loadAsync)
    {
        var loads = all.Select(_ => new List<LoadResult>()).ToArray();
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (n, loaded) in all.Index())
            {
                var load = await loadAsync(loaded);
                if (round > 0)
                    loads[n].Add(load);
            }
        }

        return loads;
    }

    /// <summary>Medians of rounds: CPU per message and its ratio to another's, the rate, and each process' share.</summary>
    public static string Medians(IReadOnlyList<LoadResult> rounds, double ratio)
    {
        var shares = rounds[0].CpuMsByProcess.Keys.Select(process => $"{process} {McpDoor.Median(rounds.Select(load => load.CpuMsByProcess[process].Total)):0.000}");
        return $"{McpDoor.Median(rounds.Select(load => load.CpuMsPerMessage)),10:0.000} ms CPU per message ({ratio:0.00})   {McpDoor.Median(rounds.Select(load => load.MessagesPerSecond)):0} messages/s   {string.Join(", ", shares)}";
    }

    private static async Task<LoadResult> LoadAsync(
        ILoaded mesh, int connections, int messages, Func<int, string> userOf, Func<LoadConnection, string, Task> callAsync, CancellationToken cancellationToken)
    {
        var before = mesh.Cpu();
        var latencies = new double[messages];
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(
            async () =>
            {
                using var connection = await LoadConnection.OpenAsync(mesh.Gateway, cancellationToken);
                while (Interlocked.Increment(ref next) is var number && number < messages)
                {
                    var sent = Stopwatch.GetTimestamp();
                    await callAsync(connection, userOf(number));
                    latencies[number] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
                }
            },
            cancellationToken)));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = mesh.Cpu();
        var cpu = after.ToDictionary(process => process.Key, process => (process.Value - before[process.Key]) * (1000.0 / messages));
        Array.Sort(latencies);
        return new LoadResult(messages / seconds, Percentile(latencies, 0.50), Percentile(latencies, 0.99), cpu.Values.Sum(time => time.Total), cpu);
    }

    /// <summary>
    /// Median latency of one connection at three lengths of one user's history. The lengths are measured in turns of one round each, so
    /// that a slow stretch of the machine falls on all of them.
    /// </summary>
    public static async Task<IReadOnlyDictionary<int, double>> HistoryAsync(Mesh mesh, IReadOnlyList<int> lengths, int rounds, CancellationToken cancellationToken)
    {
        // Each user's history grows while it is measured, by 2 messages a post; a fresh user a round keeps the short one short.
        const int PostsPerRound = 5;
        using var connection = await LoadConnection.OpenAsync(mesh.Gateway, cancellationToken);
        foreach (var length in lengths.Where(length => length > 10))
        {
            for (var message = 0; message < length; message += 2)
                await connection.PostAsync($"history-{length}", "hello", cancellationToken);
        }

        var latencies = lengths.ToDictionary(length => length, _ => new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var length in lengths)
            {
                var user = length > 10 ? $"history-{length}" : $"history-{length}-{round}";
                for (var message = 0; length <= 10 && message < length; message += 2)
                    await connection.PostAsync(user, "hello", cancellationToken);
                for (var post = 0; post < PostsPerRound; post++)
                {
                    var sent = Stopwatch.GetTimestamp();
                    await connection.PostAsync(user, "hello", cancellationToken);
                    latencies[length].Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                }
            }
        }

        return latencies.ToDictionary(entry => entry.Key, entry => Percentile([.. entry.Value.Order()], 0.50));
    }

    /// <summary>
    /// Resident memory of the agents process per activated agent with 20 messages of 200 bytes. A first lot of agents warms the heap up
    /// (its allocation budget is not the agents'), then the growth over the rest is shared out.
    /// </summary>
    public static async Task<(double BytesPerAgent, IReadOnlyDictionary<string, long> Resident)> MemoryAsync(Mesh mesh, int agents, CancellationToken cancellationToken)
    {
        const int ExchangesPerAgent = 10;
        var warmUp = agents / 5;
        var content = new string('m', 200);
        await FillAsync(mesh, "warm", warmUp, ExchangesPerAgent, content, cancellationToken);
        var before = ProcessUsage.ResidentBytes(mesh.Processes["agents"]);
        await FillAsync(mesh, "full", agents, ExchangesPerAgent, content, cancellationToken);
        var after = ProcessUsage.ResidentBytes(mesh.Processes["agents"]);
        return ((after - before) / (double)agents, mesh.Processes.ToDictionary(process => process.Key, process => ProcessUsage.ResidentBytes(process.Value)));
    }

    private static async Task FillAsync(Mesh mesh, string prefix, int agents, int exchanges, string content, CancellationToken cancellationToken)
    {
        const int Connections = 32;
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(
            async () =>
            {
                using var connection = await LoadConnection.OpenAsync(mesh.Gateway, cancellationToken);
                while (Interlocked.Increment(ref next) is var agent && agent < agents)
                {
                    for (var exchange = 0; exchange < exchanges; exchange++)
                        await connection.PostAsync($"{prefix}-{agent}", content, cancellationToken);
                }
            },
            cancellationToken)));
    }

    /// <summary>Of sorted values; 0 when there are none.</summary>
    public static double Percentile(double[] sorted, double fraction) =>
        sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * fraction))];
}
