namespace AgentMesh.Sidecar.Launcher;

/// <summary>Something the user can put right: shown as one line, without a stack trace.</summary>
/// <param name="message">What is wrong and, where it helps, what to do.</param>
/// <param name="exitCode">1 for a run that cannot start, 2 for a wrong command line.</param>
internal sealed class LauncherException(string message, int exitCode = 1) : Exception(message)
{
    /// <summary>The exit code for a wrong command line.</summary>
    public const int BadCommandLine = 2;

    /// <summary>What the process returns.</summary>
    public int ExitCode { get; } = exitCode;
}
