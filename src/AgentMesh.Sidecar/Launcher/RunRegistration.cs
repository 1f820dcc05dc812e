using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>This run in the list of the user's runs, from the start of its sidecar to its end.</summary>
internal sealed class RunRegistration : IDisposable
{
    private readonly RunRegistry _registry;
    private readonly RunFile _runFile;
    private readonly IReadOnlyList<AppLaunch> _launches;
    private readonly RunLogs _logs;
    private readonly DateTimeOffset _created;

    /// <summary>Writes the run down.</summary>
    /// <exception cref="LauncherException">The list cannot be written.</exception>
    public RunRegistration(RunRegistry registry, RunFile runFile, IReadOnlyList<AppLaunch> launches, RunLogs logs, DateTimeOffset created)
    {
        (_registry, _runFile, _launches, _logs, _created) = (registry, runFile, launches, logs, created);
        try
        {
            Write(_ => 0);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new LauncherException($"the list of runs cannot be written: {refused.Message}");
        }
    }

    /// <summary>Writes it anew.</summary>
    /// <param name="processOf">The app's process; 0: none.</param>
    public void Write(Func<AppLaunch, int> processOf) => _registry.Write(new RunRecord(
        Environment.ProcessId, ProcessIdentity.StartTimeOf(Environment.ProcessId) ?? "", _created, _runFile.Path, [.. _launches.Select(launch => Of(launch, processOf))]));

    /// <inheritdoc/>
    public void Dispose() => _registry.Remove(Environment.ProcessId);

    private RunRecordApp Of(AppLaunch launch, Func<AppLaunch, int> processOf)
    {
        var (app, daprd) = _logs.FilesOf(launch.Definition.AppId);
        var definition = launch.Definition;
        return new RunRecordApp(
            definition.AppId, processOf(launch), definition.AppPort, definition.DaprHttpPort, definition.DaprGrpcPort, definition.MetricsPort,
            string.Join(' ', launch.App.Command), app, daprd);
    }
}
