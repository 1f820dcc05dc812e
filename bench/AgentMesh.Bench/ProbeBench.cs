namespace AgentMesh.Bench;

/// <summary>The sidecar by itself: measurements on the probe, a small app of the SDK, in place of the mesh. Prints and returns the figures.</summary>
internal sealed class ProbeBench(string root, string data, string? redis)
{
    private const int ReminderCount = 10_000;
    private const int Kills = 3;

    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(60);

    /// <summary>Calls of an actor at 200 a second, open loop, then at 64 connections as fast as they are answered.</summary>
    public async Task<object> ActorCallsAsync(int rate, int seconds, CancellationToken cancellationToken)
    {
        await using var mesh = await StartAsync("actorcall", cancellationToken);
        // Activates all actors, and lets the JIT finish, which takes its time behind the calls.
        await ActorCalls.RunAsync(mesh, 20_000, 0, 64);
        await ActorCalls.RunAsync(mesh, rate * 10, rate, 32);
        var idle = await IdleAsync(mesh, cancellationToken);
        var open = await ActorCalls.RunAsync(mesh, rate * seconds, rate, 32);
        var closed = await ActorCalls.RunAsync(mesh, 40_000, 0, 64);
        await ActorCalls.RunBareAsync(mesh, 20_000, 0, 64);
        var bareOpen = await ActorCalls.RunBareAsync(mesh, rate * seconds / 2, rate, 32);
        var bareClosed = await ActorCalls.RunBareAsync(mesh, 40_000, 0, 64);
        Print($"actorcall  {rate}/s open loop", open);
        Console.WriteLine($"idle                       sidecar {idle * 1000:0.0} ms CPU a second: {idle * 1000 / rate:0.000} ms of each call at {rate}/s would be spent without it");
        Print("actorcall  64 connections", closed);
        Print($"no sidecar {rate}/s open loop", bareOpen);
        Print("no sidecar 64 connections", bareClosed);
        return new { store = mesh.Store.Split(':')[0], open, closed, bareOpen, bareClosed, idleSidecarCpuMsPerSecond = idle * 1000 };
    }

    /// <summary>10,000 reminders over 60 s.</summary>
    public async Task<object> RemindersAsync(CancellationToken cancellationToken)
    {
        await using var mesh = await StartAsync("reminders", cancellationToken);
        var reminders = new Reminders(JournalOf("reminders"), ReminderCount, Spread);
        await reminders.RegisterAsync(mesh);
        var result = await reminders.WaitAsync(mesh, cancellationToken);
        Print("reminders", result);
        Console.WriteLine($"CPU        {string.Join(", ", result.CpuSecondsByProcess.Select(process => $"{process.Key} {process.Value.Total:0.0} s, {process.Value.Total * 1000 / ReminderCount:0.000} ms per reminder"))}");
        return result;
    }

    /// <summary>The same, with SIGKILLs of the sidecar.</summary>
    public async Task<object> RemindersUnderKillsAsync(int seed, CancellationToken cancellationToken)
    {
        var mesh = await StartAsync("reminders-kill", cancellationToken);
        try
        {
            var reminders = new Reminders(JournalOf("reminders-kill"), ReminderCount, Spread);
            await reminders.RegisterAsync(mesh);
            Console.WriteLine($"seed       {seed} (--seed repeats the moments of the kills)");
            (var result, mesh, var lastRestart) = await reminders.WaitAsync(
                mesh, Kills, new Random(seed), () => StartAsync("reminders-kill", cancellationToken), cancellationToken);
            Print("reminders, 3 kills", result);
            Console.WriteLine($"last       fired {(result.LastFired - lastRestart).TotalSeconds:0.0} s after the last restart began");
            return new { result, seed, lastFiredAfterLastRestartSeconds = (result.LastFired - lastRestart).TotalSeconds };
        }
        finally
        {
            await mesh.DisposeAsync();
        }
    }

    /// <summary>CPU seconds a second of a sidecar that nobody calls.</summary>
    private static async Task<double> IdleAsync(Mesh mesh, CancellationToken cancellationToken)
    {
        const int Seconds = 10;
        var before = mesh.Cpu()["sidecar"];
        await Task.Delay(TimeSpan.FromSeconds(Seconds), cancellationToken);
        return (mesh.Cpu()["sidecar"] - before).Total / Seconds;
    }

    private Task<Mesh> StartAsync(string name, CancellationToken cancellationToken) => Mesh.StartAsync(
        root, Path.Combine(data, name), redis, cancellationToken, "--run-file", Path.Combine(root, "tests/AgentMesh.Testing.ProbeApp/dapr.yaml"),
        "--set", $"PROBE_JOURNAL={JournalOf(name)}");

    private string JournalOf(string name) => Path.Combine(data, name + ".journal");

    private static void Print(string name, CallResult calls)
    {
        Console.WriteLine($"{name,-26} {calls.CallsPerSecond,6:0}/s   p50 {calls.P50Ms:0.00} ms   p99 {calls.P99Ms:0.0} ms   max {calls.MaxMs:0} ms");
        Console.WriteLine($"CPU                        {string.Join(", ", calls.CpuMsByProcess.Select(process => $"{process.Key} {process.Value.Total:0.000} ms per call (user {process.Value.User:0.000})"))}");
    }

    private static void Print(string name, ReminderResult result) => Console.WriteLine(
        $"{name,-18} {result.Fired} fired, {result.Missing} missing, {result.Duplicates} duplicates   late p50 {result.P50Ms:0} ms   p99 {result.P99Ms:0} ms   max {result.MaxMs:0} ms");
}
