using System.Globalization;

namespace AgentMesh.Bench;

/// <summary>What became of the reminders.</summary>
/// <param name="Fired">Distinct reminders that reached the app.</param>
/// <param name="Missing">Those that never did.</param>
/// <param name="Duplicates">Ticks after a reminder's first.</param>
/// <param name="P50Ms">Median lateness of the first tick: when the app noted it, less when it was due.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="MaxMs">The latest.</param>
/// <param name="LastFired">The last first tick.</param>
/// <param name="CpuSecondsByProcess">User and system time of each process while they were due; empty when processes were killed.</param>
internal sealed record ReminderResult(
    int Fired, int Missing, int Duplicates, double P50Ms, double P99Ms, double MaxMs, DateTimeOffset LastFired,
    IReadOnlyDictionary<string, CpuTime> CpuSecondsByProcess);

/// <summary>
/// 10,000 reminders due evenly over 60 s, once each, five for each of 2,000 actors; with or without kills of the sidecar.
/// </summary>
internal sealed class Reminders(string journal, int count, TimeSpan spread)
{
    private const int PerActor = 5;
    private const double RegistrationsPerSecond = 1_000;

    /// <summary>How long is waited for the last after the last one was due.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private DateTimeOffset _first;

    private DateTimeOffset End => _first + spread;

    /// <summary>Registers all through the Dapr API, at a steady rate; the first is due five seconds after the last is registered.</summary>
    public Task RegisterAsync(Mesh mesh)
    {
        _first = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(count / RegistrationsPerSecond + 5);
        var port = mesh.DaprPorts["probe"];
        return Pacing.RunAsync(count, RegistrationsPerSecond, 16, () => new CallConnection(port), (connection, number, _) =>
            connection.Send("PUT", $"/v1.0/actors/Probe/actor-{number % (count / PerActor)}/reminders/r{number}", $$"""{"dueTime":"{{DueOf(number):yyyy-MM-ddTHH:mm:ss.fffZ}}"}"""));
    }

    /// <summary>Waits until they are due, and until all have fired or patience is over.</summary>
    public async Task<ReminderResult> WaitAsync(Mesh mesh, CancellationToken cancellationToken)
    {
        await WaitUntilAsync(_first, cancellationToken);
        var before = mesh.Cpu();
        await WaitUntilAsync(End, cancellationToken);
        await WaitForAllAsync(cancellationToken);
        var after = mesh.Cpu();
        return Report(after.ToDictionary(process => process.Key, process => process.Value - before[process.Key]));
    }

    /// <summary>
    /// The same with SIGKILLs of the sidecar, one at a random moment of each of as many equal parts of the time. Returns also the mesh
    /// that runs in the end and when the last restart began.
    /// </summary>
    public async Task<(ReminderResult Result, Mesh Mesh, DateTimeOffset LastRestart)> WaitAsync(
        Mesh mesh, int kills, Random random, Func<Task<Mesh>> restart, CancellationToken cancellationToken)
    {
        var lastRestart = DateTimeOffset.MinValue;
        for (var kill = 0; kill < kills; kill++)
        {
            await WaitUntilAsync(_first + spread * ((kill + random.NextDouble()) / kills), cancellationToken);
            await mesh.KillSidecarAsync(cancellationToken);
            lastRestart = DateTimeOffset.UtcNow;
            Console.WriteLine($"killed     the sidecar {(lastRestart - _first).TotalSeconds:0.0} s after the first was due");
            mesh = await RestartAsync(mesh, restart);
        }

        await WaitUntilAsync(End, cancellationToken);
        await WaitForAllAsync(cancellationToken);
        return (Report(new Dictionary<string, CpuTime>()), mesh, lastRestart);
    }

    private static async Task<Mesh> RestartAsync(Mesh killed, Func<Task<Mesh>> restart)
    {
        try
        {
            var next = await restart();
            await killed.DisposeAsync();
            return next;
        }
        catch
        {
            killed.KillApps();
            throw;
        }
    }

    private static async Task WaitUntilAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        if (time - DateTimeOffset.UtcNow is { Ticks: > 0 } left)
            await Task.Delay(left, cancellationToken);
    }

    private async Task WaitForAllAsync(CancellationToken cancellationToken)
    {
        while (DateTimeOffset.UtcNow < End + Patience && Ticks().Select(tick => tick.Number).Distinct().Count() < count)
            await Task.Delay(200, cancellationToken);
    }

    private DateTimeOffset DueOf(int number) => _first + spread * (number / (double)count);

    // The probe's journal: kind, name, Unix milliseconds.
    private IEnumerable<(int Number, DateTimeOffset At)> Ticks() =>
        from file in Directory.GetFiles(journal)
        from line in ReadLines(file)
        let parts = line.Split('\t')
        where parts is ["reminder", _, _]
        select (int.Parse(parts[1].AsSpan(1), CultureInfo.InvariantCulture), DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[2], CultureInfo.InvariantCulture)));

    // Shared with the writer, whose last line may be half there.
    private static string[] ReadLines(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n')[..^1];
    }

    private ReminderResult Report(IReadOnlyDictionary<string, CpuTime> cpu)
    {
        var ticks = Ticks().ToList();
        var first = ticks.GroupBy(tick => tick.Number).ToDictionary(ticks => ticks.Key, ticks => ticks.Min(tick => tick.At));
        // The due time was given in whole milliseconds, and noted in whole milliseconds.
        double[] lateness = [.. first.Select(tick => (tick.Value - DueOf(tick.Key)).TotalMilliseconds).Order()];
        return new ReminderResult(
            first.Count, count - first.Count, ticks.Count - first.Count, Measurements.Percentile(lateness, 0.50), Measurements.Percentile(lateness, 0.99),
            lateness.LastOrDefault(), first.Values.DefaultIfEmpty().Max(), cpu);
    }
}
