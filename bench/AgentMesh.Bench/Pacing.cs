using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AgentMesh.Bench;

/// <summary>Runs something at given times on threads of their own: open loop, whatever the answers do.</summary>
internal static class Pacing
{
    /// <summary>
    /// Calls <paramref name="run"/> once for each number, number <c>n</c> at <c>n/rate</c> seconds after the start. A thread whose
    /// earlier call is not back yet is late; the time it was due is handed on, so that lateness counts.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="rate">For each second; 0: at once, as fast as the threads can (closed loop).</param>
    /// <param name="threads">Calls at once, at most.</param>
    /// <param name="open">Gives each thread what it works with.</param>
    /// <param name="run">The thread's own, the number, and the <see cref="Stopwatch"/> timestamp at which it was due.</param>
    public static async Task RunAsync<T>(int count, double rate, int threads, Func<T> open, Action<T, int, long> run)
        where T : IDisposable
    {
        var tools = Enumerable.Range(0, threads).Select(_ => open()).ToList();
        var start = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 100);
        var next = -1;
        await Task.WhenAll(tools.Select(tool => Task.Factory.StartNew(
            () =>
            {
                using (tool)
                {
                    while (Interlocked.Increment(ref next) is var number && number < count)
                    {
                        var due = rate > 0 ? start + (long)(number / rate * Stopwatch.Frequency) : Stopwatch.GetTimestamp();
                        SleepUntil(due);
                        run(tool, number, due);
                    }
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }

    // .NET sleeps whole milliseconds, a spin would take a core from what is measured.
    private static void SleepUntil(long timestamp)
    {
        while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), timestamp).TotalMicroseconds is > 0 and var left)
            _ = Usleep((uint)Math.Min(left, 900_000));
    }

    [DllImport("libc", EntryPoint = "usleep")]
    private static extern int Usleep(uint microseconds);
}
