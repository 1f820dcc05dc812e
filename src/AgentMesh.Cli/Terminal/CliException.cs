namespace AgentMesh.Cli.Terminal;

/// <summary>Something the user can put right: shown as one line, without a stack trace. The text has nothing of a key.</summary>
/// <param name="message">What is wrong and, where it helps, what to do.</param>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
internal sealed class CliException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    /// <summary>What the process returns.</summary>
    public int ExitCode { get; } = exitCode;
}
