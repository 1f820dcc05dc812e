using System.Diagnostics;

namespace AgentMesh.Testing;

/// <summary>Starts the built program of an app whose output lies beside the test's.</summary>
public static class AppStart
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="assembly">Its assembly.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="environment">Of the process; null: not there.</param>
    /// <returns>The exit code, and the standard error.</returns>
    public static async Task<(int ExitCode, string Error)> RunAsync(string assembly, CancellationToken cancellationToken, params (string Name, string? Value)[] environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly + ".dll")]) { RedirectStandardError = true };
        start.Environment["DOTNET_ENVIRONMENT"] = null;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var error = await process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
