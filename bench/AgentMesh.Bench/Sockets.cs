using System.Diagnostics;

namespace AgentMesh.Bench;

/// <summary>Round trips over WebSockets.</summary>
/// <param name="MessagesPerSecond">Answered messages over wall time.</param>
/// <param name="P50Ms">Median time from the message to its answer.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="CpuMsByProcess">User and system time per message, by process.</param>
internal sealed record SocketResult(double MessagesPerSecond, double P50Ms, double P99Ms, IReadOnlyDictionary<string, CpuTime> CpuMsByProcess);

/// <summary>What sockets cost: idle, as a crowd that hears one message, and in conversation.</summary>
internal static class Sockets
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Each socket is a user's and sends its next message when the last one is answered.</summary>
    public static async Task<SocketResult> RoundTripsAsync(Mesh mesh, int sockets, int messages, CancellationToken cancellationToken)
    {
        var connections = await OpenAsync(mesh, sockets, n => $"talker-{n}", cancellationToken);
        // Activates the agents and lets the JIT finish.
        await TalkAsync(connections, messages * 2, new double[messages * 2], cancellationToken);
        var latencies = new double[messages];
        var before = mesh.Cpu();
        var started = Stopwatch.GetTimestamp();
        await TalkAsync(connections, messages, latencies, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = mesh.Cpu();
        connections.ForEach(connection => connection.Dispose());
        Array.Sort(latencies);
        return new SocketResult(
            messages / seconds, Measurements.Percentile(latencies, 0.50), Measurements.Percentile(latencies, 0.99),
            after.ToDictionary(process => process.Key, process => (process.Value - before[process.Key]) * (1000.0 / messages)));
    }

    /// <summary>
    /// Resident memory of the gateway per idle socket of an agent that sleeps: the growth by <paramref name="sockets"/> after a first lot of a fifth
    /// has warmed the heap up, when no actor is active any more.
    /// </summary>
    public static async Task<(double BytesPerSocket, int ActiveActors)> IdleAsync(Mesh mesh, int sockets, CancellationToken cancellationToken)
    {
        var first = await OpenAsync(mesh, sockets / 5, n => $"early-{n}", cancellationToken);
        await mesh.WaitForNoActorsAsync("agents", Patience, cancellationToken);
        var before = ProcessUsage.ResidentBytes(mesh.Processes["gateway"]);
        var more = await OpenAsync(mesh, sockets, n => $"idle-{n}", cancellationToken);
        var active = await mesh.WaitForNoActorsAsync("agents", Patience, cancellationToken);
        var grown = ProcessUsage.ResidentBytes(mesh.Processes["gateway"]) - before;
        // Still there: a frame is answered.
        foreach (var connection in more)
        {
            await connection.SendAsync("""{"type":"ping"}""", cancellationToken);
            await connection.ReadAsync("\"pong\"", cancellationToken);
        }

        first.Concat(more).ToList().ForEach(connection => connection.Dispose());
        return ((double)grown / sockets, active);
    }

    /// <summary>One user's message to all of its sockets: from sending it to each socket's receipt, all rounds together.</summary>
    public static async Task<(double P50Ms, double P99Ms)> BroadcastAsync(Mesh mesh, int sockets, int rounds, CancellationToken cancellationToken)
    {
        var connections = await OpenAsync(mesh, sockets, _ => "crowd", cancellationToken);
        using var sender = await LoadConnection.OpenAsync(mesh.Gateway, cancellationToken);
        var latencies = new List<double>();
        for (var round = -3; round < rounds; round++)
        {
            var text = $"round {round} of all";
            var sent = Stopwatch.GetTimestamp();
            var heard = connections.Select(async connection =>
            {
                await connection.ReadAsync($"You said: \\\"{text}", cancellationToken);
                return Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            }).ToList();
            await sender.PostAsync("crowd", text, cancellationToken);
            var times = await Task.WhenAll(heard);
            // The first ones warm up.
            if (round >= 0)
                latencies.AddRange(times);
        }

        connections.ForEach(connection => connection.Dispose());
        latencies.Sort();
        return (Measurements.Percentile([.. latencies], 0.50), Measurements.Percentile([.. latencies], 0.99));
    }

    /// <summary>Median time of the first message to an agent that sleeps, by length of its history; the lengths take turns.</summary>
    public static async Task<IReadOnlyDictionary<int, double>> ColdAsync(
        Mesh mesh, IReadOnlyList<int> lengths, int agents, int rounds, CancellationToken cancellationToken)
    {
        var users = lengths.SelectMany(length => Enumerable.Range(0, agents).Select(n => (Length: length, User: $"cold-{length}-{n}"))).ToList();
        await Parallel.ForEachAsync(users, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellationToken }, async (user, token) =>
        {
            using var connection = await LoadConnection.OpenAsync(mesh.Gateway, token);
            for (var message = 0; message < user.Length; message += 2)
                await connection.PostAsync(user.User, "hello", token);
        });
        var latencies = lengths.ToDictionary(length => length, _ => new List<double>());
        using var one = await LoadConnection.OpenAsync(mesh.Gateway, cancellationToken);
        for (var round = -1; round < rounds; round++)
        {
            await mesh.WaitForNoActorsAsync("agents", Patience, cancellationToken);
            foreach (var (length, user) in users.OrderBy(user => user.User[^1]))
            {
                var sent = Stopwatch.GetTimestamp();
                await one.PostAsync(user, "wake up", cancellationToken);
                if (round >= 0)
                    latencies[length].Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
        }

        return latencies.ToDictionary(entry => entry.Key, entry => Measurements.Percentile([.. entry.Value.Order()], 0.50));
    }

    private static async Task<List<SocketConnection>> OpenAsync(Mesh mesh, int sockets, Func<int, string> userOf, CancellationToken cancellationToken)
    {
        var connections = new SocketConnection[sockets];
        await Parallel.ForAsync(0, sockets, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken }, async (n, token) =>
            connections[n] = await SocketConnection.OpenAsync(mesh.Gateway, userOf(n), token));
        return [.. connections];
    }

    private static Task TalkAsync(List<SocketConnection> connections, int messages, double[] latencies, CancellationToken cancellationToken)
    {
        var next = -1;
        return Task.WhenAll(connections.Select(connection => Task.Run(
            async () =>
            {
                while (Interlocked.Increment(ref next) is var number && number < messages)
                {
                    var sent = Stopwatch.GetTimestamp();
                    await connection.SendAsync($$"""{"type":"message","content":"number {{number}}."}""", cancellationToken);
                    await connection.ReadAsync($"You said: \\\"number {number}.", cancellationToken);
                    latencies[number] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
                }
            },
            cancellationToken)));
    }
}
