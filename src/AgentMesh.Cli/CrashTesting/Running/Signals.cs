using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace AgentMesh.Cli.CrashTesting.Running;

/// <summary>Signals to processes of a mesh that this program has started.</summary>
internal static class Signals
{
    private const string Runtime = "dotnet";

    /// <summary>It is there, and its number is not another's by now.</summary>
    public static bool IsAlive(int pid) => With(pid, _ => true);

    /// <summary>SIGKILL.</summary>
    /// <returns>False: it is gone already.</returns>
    public static bool Kill(int pid) => With(pid, process =>
    {
        process.Kill();
        return true;
    });

    /// <summary>SIGSTOP.</summary>
    public static Task<bool> StopAsync(int pid, CancellationToken cancellationToken) => SendAsync("STOP", pid, cancellationToken);

    /// <summary>SIGCONT.</summary>
    public static Task<bool> ContinueAsync(int pid) => SendAsync("CONT", pid, CancellationToken.None);

    /// <summary>SIGTERM.</summary>
    public static Task<bool> TerminateAsync(int pid) => SendAsync("TERM", pid, CancellationToken.None);

    private static async Task<bool> SendAsync(string signal, int pid, CancellationToken cancellationToken)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync(cancellationToken);
        return kill.ExitCode == 0;
    }

    private static bool With(int pid, Func<Process, bool> act)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.ProcessName == Runtime && !process.HasExited && act(process);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }
}
