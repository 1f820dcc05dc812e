namespace AgentMesh.Sidecar.Launcher;

/// <summary>
/// <c>stop</c>: ends runs of this user and waits for their end, with the Dapr CLI's words. The run of a run file ends as a whole, as
/// with <c>dapr stop</c>, whose run ends with the first sidecar that does.
/// </summary>
/// <param name="registry">The runs.</param>
/// <param name="output">For what was done.</param>
/// <param name="error">For what was not.</param>
/// <param name="timeProvider">Times the wait.</param>
internal sealed class StopCommand(RunRegistry registry, TextWriter output, TextWriter error, TimeProvider timeProvider)
{
    /// <summary>A run promises to end within 10 s.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Returns 0, or 1 when something was not ended.</summary>
    /// <param name="options">What to end.</param>
    /// <param name="currentFolder">What a relative run file starts from.</param>
    public async Task<int> RunAsync(StopOptions options, string currentFolder)
    {
        var failed = false;
        if (options.RunFile is { } given)
        {
            var runFile = RunPaths.RunFileAt(given, currentFolder);
            await EndAsync(
                $"apps with run file \"{runFile}\"", run => run.RunFile == runFile, "Failed to stop Dapr and app processes", "Dapr and app processes stopped successfully");
        }

        foreach (var appId in options.AppIds)
            await EndAsync($"app id {appId}", run => run.Apps.Any(app => app.Id == appId), $"failed to stop app id {appId}", $"app stopped successfully: {appId}");
        return failed ? 1 : 0;

        async Task EndAsync(string what, Func<RunRecord, bool> meant, string failure, string success)
        {
            var reason = await StopAsync(what, meant);
            failed |= reason is not null;
            await (reason is null ? output.WriteLineAsync(success) : error.WriteLineAsync($"{failure}: {reason}"));
        }
    }

    /// <summary>Ends all runs meant. Returns why that failed.</summary>
    private async Task<string?> StopAsync(string what, Func<RunRecord, bool> meant)
    {
        var runs = registry.Read().Where(meant).ToList();
        if (runs.Count == 0) return $"couldn't find {what}";
        foreach (var run in runs)
        {
            Signals.Terminate(run.Pid);
            if (run.Apps.Select(app => app.Id).Distinct().Skip(1).Any())
                await output.WriteLineAsync($"ending the run of {string.Join(", ", run.Apps.Select(app => app.Id).Distinct())} (process {run.Pid})");
        }

        return await ProcessIdentity.WaitForEndAsync(runs, run => run.IsAlive, Patience, timeProvider, CancellationToken.None) is [var alive, ..]
            ? $"process {alive.Pid} did not end within {Patience.TotalSeconds:0} s"
            : null;
    }
}
