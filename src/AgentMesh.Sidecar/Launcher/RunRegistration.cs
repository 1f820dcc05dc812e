using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>This run in the list of the user's runs, from the start of its sidecar to its end.</summary>
internal sealed class RunRegistration(
    RunRegistry registry, RunFile runFile, IReadOnlyList<AppLaunch> launches, RunLogs logs, DateTimeOffset created) : IDisposable
{
    /// <summary>Writes the run down.</summary>
    /// <exception cref="LauncherException">The list cannot be written.</exception>
    public void Begin()
    {
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
    public void Write(Func<AppLaunch, int> processOf) => registry.Write(new RunRecord(
        Environment.ProcessId, ProcessIdentity.StartTimeOf(Environment.ProcessId) ?? "", created, runFile.Path, [.. launches.Select(launch => Of(launch, processOf))]));

    /// <inheritdoc/>
    public void Dispose() => registry.Remove(Environment.ProcessId);

    private RunRecordApp Of(AppLaunch launch, Func<AppLaunch, int> processOf)
    {
        var (app, daprd) = logs.FilesOf(launch.Definition.AppId);
        var definition = launch.Definition;
        return new RunRecordApp(
            definition.AppId, processOf(launch), definition.AppPort, definition.DaprHttpPort, definition.DaprGrpcPort, definition.MetricsPort,
            string.Join(' ', launch.App.Command), app, daprd);
    }
}
