using System.Diagnostics;

namespace AgentMesh.Bench;

/// <summary>Latency and CPU of a stretch of actor calls.</summary>
/// <param name="CallsPerSecond">Answered calls over wall time.</param>
/// <param name="P50Ms">Median latency.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="MaxMs">The slowest.</param>
/// <param name="CpuMsByProcess">User and system time of each process per call, background work of the stretch included.</param>
internal sealed record CallResult(double CallsPerSecond, double P50Ms, double P99Ms, double MaxMs, IReadOnlyDictionary<string, CpuTime> CpuMsByProcess);

/// <summary>
/// Calls of an actor through the sidecar, one state write each: Dapr port, turn, app, state transaction on disk, answer.
/// </summary>
internal static class ActorCalls
{
    private const int Actors = 1_000;

    /// <param name="mesh">The probe.</param>
    /// <param name="calls">How many.</param>
    /// <param name="rate">Calls due per second, and latency is counted from the time a call was due; 0: each connection sends as fast as it is answered.</param>
    /// <param name="connections">One thread each.</param>
    public static Task<CallResult> RunAsync(Mesh mesh, int calls, double rate, int connections) =>
        RunAsync(mesh, mesh.DaprPorts["probe"], calls, rate, connections, (connection, number) =>
            connection.Send("PUT", $"/v1.0/actors/Probe/actor-{number % Actors}/method/Add", ""));

    /// <summary>
    /// The probe's empty answer to a request of its own port, no sidecar in between: what one request costs a .NET process at this rate on
    /// this machine, whatever the process does with it.
    /// </summary>
    public static Task<CallResult> RunBareAsync(Mesh mesh, int calls, double rate, int connections) =>
        RunAsync(mesh, mesh.AppPorts["probe"], calls, rate, connections, static (connection, _) => connection.Send("GET", "/healthz", ""));

    private static async Task<CallResult> RunAsync(
        Mesh mesh, int port, int calls, double rate, int connections, Action<CallConnection, int> call)
    {
        var latencies = new double[calls];
        var before = mesh.Cpu();
        var started = Stopwatch.GetTimestamp();
        await Pacing.RunAsync(calls, rate, connections, () => new CallConnection(port), (connection, number, due) =>
        {
            call(connection, number);
            latencies[number] = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
        });
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = mesh.Cpu();
        Array.Sort(latencies);
        return new CallResult(
            calls / seconds, Measurements.Percentile(latencies, 0.50), Measurements.Percentile(latencies, 0.99), latencies[^1],
            after.ToDictionary(process => process.Key, process => (process.Value - before[process.Key]) * (1000.0 / calls)));
    }
}
