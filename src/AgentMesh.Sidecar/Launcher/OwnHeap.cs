using System.Runtime.InteropServices;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>
/// How much this process allocates between two collections of its youngest objects. .NET takes that from the environment only, before any code of a program
/// runs, and its own choice for a cache that it does not know is 2 MiB: measured, a twelfth of the sidecar's CPU under load. So it starts itself once more with
/// the variable, as the same process; what it starts does not inherit it.
/// </summary>
/// <remarks>Linux only; elsewhere, and when the user has set the variable, nothing is done.</remarks>
internal static partial class OwnHeap
{
    private const string Variable = "DOTNET_GCgen0size";

    // Hexadecimal, as .NET reads it: 32 MiB.
    private const string Value = "0x2000000";

    private const string Mark = "AGENTMESH_SIDECAR_HEAP";

    /// <summary>Starts over with the variable, unless that was done or there is no need to. Returns when it has to go on without.</summary>
    public static void Ensure()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Variable) is not null || Environment.GetEnvironmentVariable(Mark) is not null)
            return;
        // What this process was started as, the host before a dll included; each argument ends with a NUL, and so does the list of them.
        string?[] arguments = [.. File.ReadAllText("/proc/self/cmdline").Split('\0')[..^1], null];
        // The mark also says that it was tried: a program that cannot be started again goes on.
        if (SetVariable(Mark, "1", 1) == 0 && SetVariable(Variable, Value, 1) == 0)
            _ = Execute(Environment.ProcessPath!, arguments);
    }

    /// <summary>Takes out what <see cref="Ensure"/> has put in.</summary>
    public static void TakeOut(IDictionary<string, string> environment)
    {
        if (environment.Remove(Mark))
            environment.Remove(Variable);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
