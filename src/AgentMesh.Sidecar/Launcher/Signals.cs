using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Signals to processes, which .NET cannot send. Windows has none: both calls end the process at once there.</summary>
internal static partial class Signals
{
    // The same numbers on Linux and macOS, signal(7).
    private const int SigKill = 9;
    private const int SigTerm = 15;

    /// <summary>Asks the process to end. One that is gone, or is not ours, is no error.</summary>
    public static void Terminate(int pid) => Send(pid, SigTerm);

    /// <summary>Ends the process without asking. One that is gone, or is not ours, is no error.</summary>
    public static void Kill(int pid) => Send(pid, SigKill);

    /// <summary>Asks all processes of a group to end; the group has the number of the process that leads or led it.</summary>
    public static void TerminateGroup(int leader) => Send(leader, SigTerm, group: true);

    /// <summary>Ends all processes of a group without asking.</summary>
    public static void KillGroup(int leader) => Send(leader, SigKill, group: true);

    private static void Send(int pid, int signal, bool group = false)
    {
        // kill(2): 0 and less are process groups, our own among them.
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pid);
        if (!OperatingSystem.IsWindows())
        {
            _ = SendSignal(group ? -pid : pid, signal); // ESRCH and EPERM; who needs to know looks whether the process is still there
            return;
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // gone, or not ours
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
