using System.Diagnostics;
using System.Globalization;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Tells a process from a later one with the same pid.</summary>
internal static class ProcessIdentity
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// When the process started, as text to compare: field 22 of <c>/proc/PID/stat</c> on Linux (clock ticks since boot, proc(5)),
    /// UTC ticks elsewhere. Null: there is no such process, or it has ended and waits for its parent to notice.
    /// </summary>
    public static string? StartTimeOf(int pid) => OperatingSystem.IsLinux() ? FromProc(pid) : FromRuntime(pid);

    /// <summary>Looked at, not waited for: these are no children of ours, so nothing tells us of their end.</summary>
    /// <returns>Those that are still there when the time is over.</returns>
    public static async Task<List<T>> WaitForEndAsync<T>(
        IEnumerable<T> processes, Func<T, bool> isAlive, TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var alive = processes.Where(isAlive).ToList();
        var began = timeProvider.GetTimestamp();
        using var timer = new PeriodicTimer(LookEvery, timeProvider);
        while (alive.Count > 0 && timeProvider.GetElapsedTime(began) < limit)
        {
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
            alive.RemoveAll(process => !isAlive(process));
        }

        return alive;
    }

    private static string? FromProc(int pid)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
        }
        catch (IOException) // no such process; ESRCH when it ends while it is read
        {
            return null;
        }

        // The command, field 2, is in parentheses and may hold spaces and parentheses. After it comes field 3, the status.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : fields[22 - 3];
    }

    private static string? FromRuntime(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null; // not there, just ended, or not ours to look at
        }
    }
}
