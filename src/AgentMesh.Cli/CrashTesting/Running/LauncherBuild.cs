using System.Diagnostics;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.CrashTesting.Running;

/// <summary>Builds the launcher of a checkout, as the README's command does.</summary>
internal static class LauncherBuild
{
    /// <summary>Builds it.</summary>
    /// <exception cref="CliException">It cannot be built.</exception>
    public static async Task RunAsync(string root, CliParts parts, CancellationToken cancellationToken)
    {
        await parts.Error.WriteLineAsync("the launcher is built");
        using var build = Process.Start(new ProcessStartInfo("dotnet", ["build", "-c", "Release", "src/AgentMesh.Sidecar"]) { WorkingDirectory = root, RedirectStandardOutput = true })!;
        var output = await build.StandardOutput.ReadToEndAsync(cancellationToken);
        await build.WaitForExitAsync(cancellationToken);
        if (build.ExitCode != 0)
            throw new CliException($"the launcher cannot be built:\n{output}");
    }
}
