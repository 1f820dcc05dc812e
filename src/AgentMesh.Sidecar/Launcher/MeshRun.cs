using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.Secrets;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.StateApi;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>One run from the command line to the exit code: prepare, start, serve until asked to stop, stop.</summary>
internal sealed partial class MeshRun(RunOptions options, LauncherParts parts)
{
    private const string DefaultNamespace = "default";

    private readonly ILogger _logger = parts.LoggerFactory.CreateLogger<MeshRun>();

    private string Namespace => parts.Environment.GetValueOrDefault("NAMESPACE") is { Length: > 0 } given ? given : DefaultNamespace;

    /// <summary>Runs until the stop is requested. Returns 0; what keeps it from running is a <see cref="LauncherException"/>.</summary>
    public async Task<int> RunAsync(StopRequest stop)
    {
        var paths = RunPaths.Find(options, parts.CurrentFolder, parts.ProgramFolder);
        var readyFile = paths.ReadyFile is { } file ? new ReadyFile(file) : null;
        readyFile?.DeleteUnlessInUse();
        try
        {
            await using var data = await parts.OpenDataAsync(paths.Data, stop.Stopping);
            // From here on the folder is ours, and with it the file: a start refused by the lock leaves the running mesh's file alone.
            readyFile?.Delete();
            try
            {
                await ServeAsync(paths, data, readyFile, stop);
            }
            finally
            {
                readyFile?.Delete();
            }
        }
        catch (OperationCanceledException) when (stop.Stopping.IsCancellationRequested)
        {
            // Asked to stop while starting.
        }

        return 0;
    }

    // The using declarations are the order of the stop, last first: apps, sidecar, store; then the caller's data folder.
    private async Task ServeAsync(RunPaths paths, IRunData data, ReadyFile? readyFile, StopRequest stop)
    {
        var (runFile, components) = ReadResources(paths);
        var counted = LaunchPlan.Count(runFile, options.Replicas);
        using var reservations = new PortReservations(parts.Random);
        var ports = new PortPlan(reservations, options.FreePorts).Assign(counted);
        var tokens = ApiTokens.Choose(options.Set, parts.Environment, parts.RandomBytes);
        var launches = LaunchPlan.Create(counted, ports, components, tokens, parts.Environment, options.Set);
        await new AppBuild(parts.Console, parts.Environment, parts.TimeProvider).RunAsync(runFile.Apps, options.NoBuild, stop.Stopping);

        await using var store = await data.OpenStoreAsync(options.Redis is { } redis ? components.StateRedis(redis) : null, stop.Stopping);
        foreach (var line in components.Describe(paths.Data, options.Redis))
            await parts.Console.WriteLineAsync(line);
        reservations.Dispose();
        await using var connections = await StartRuntimeAsync(launches, tokens, components, store, stop);
        await SuperviseAsync(launches, connections, data, readyFile, store, stop);
    }

    private (RunFile RunFile, ComponentPlan Components) ReadResources(RunPaths paths)
    {
        var warnings = new List<string>();
        var runFile = RunFileReader.Read(paths.RunFile, parts.Home, warnings);
        var reader = new ComponentFile(name => parts.Environment.GetValueOrDefault(name), Namespace, warnings);
        var components = new ComponentPlan(
            runFile, reader, new HttpEndpointFile(reader, warnings), new SecretResolver(parts.Environment, parts.CurrentFolder, warnings), warnings)
        {
            Namespace = Namespace,
            PodName = parts.Environment.GetValueOrDefault("POD_NAME"),
            Redis = options.Redis,
            NewId = NewId,
        };
        warnings.AddRange(components.Unknown());
        warnings.ForEach(LogResource);
        return (runFile, components);
    }

    private async Task<IAppConnections> StartRuntimeAsync(
        IReadOnlyList<AppLaunch> launches, ApiTokens tokens, ComponentPlan components, IStateStore store, StopRequest stop)
    {
        var sidecar = new SidecarOptions
        {
            Apps =
            [
                .. launches.Select(launch => launch.Definition with
                {
                    StateStores = components.StateStoresOf(launch.Definition.AppId, Namespace, NewId),
                }),
            ],
            DaprApiToken = tokens.Dapr,
            AppApiToken = tokens.App,
            Namespace = Namespace,
            Compat116 = options.Compat116,
            StateFidelity = options.DaprdStateFidelity ? new StateFidelity(seed: 1) : null,
            ShutdownRequested = stop.RequestOnce,
        };
        try
        {
            return await parts.StartRuntimeAsync(sidecar, store, stop.Stopping);
        }
        catch (StateStoreException failure)
        {
            throw new LauncherException(failure.Message);
        }
        catch (IOException failure)
        {
            throw new LauncherException($"the sidecar's ports cannot be opened: {failure.Message}");
        }
    }

    private async Task SuperviseAsync(
        IReadOnlyList<AppLaunch> launches, IAppConnections connections, IRunData data, ReadyFile? readyFile, IStateStore store, StopRequest stop)
    {
        Supervisor? supervisor = null;
        using var apps = supervisor = new Supervisor(launches, new SupervisorOptions
        {
            Connections = connections,
            Console = parts.Console,
            Logger = parts.LoggerFactory.CreateLogger<Supervisor>(),
            TimeProvider = parts.TimeProvider,
            Terminate = parts.Terminate,
            ProcessStarted = data.ProcessStarted,
            ProcessEnded = data.ProcessEnded,
            NoRestart = options.NoRestart,
            Stopping = stop.Stopping,
            Changed = () => WriteReadyFile(readyFile, supervisor!, store),
        });
        try
        {
            await apps.StartAsync(stop.Stopping);
            await parts.Console.WriteLineAsync(ReadyLine(launches));
            await apps.WatchAsync(stop.Stopping);
        }
        catch (OperationCanceledException) when (stop.Stopping.IsCancellationRequested)
        {
            await parts.Console.WriteLineAsync("stopping");
        }
        finally
        {
            await apps.StopAsync(stop.Forced);
        }
    }

    private void WriteReadyFile(ReadyFile? readyFile, Supervisor supervisor, IStateStore store)
    {
        try
        {
            readyFile?.Write(supervisor.Apps.Select(app => (app.Launch, app.HealthyProcessId)), store.Description, Environment.ProcessId);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogReadyFile(failure.Message);
        }
    }

    private static string ReadyLine(IReadOnlyList<AppLaunch> launches)
    {
        if (ReadyFile.Gateways(launches) is not [var gateway, ..]) return "ready";
        return gateway.App.AppId == "gateway"
            ? $$"""ready: {{gateway.Address}}   try: curl {{gateway.Address}}/agent/alice/message -H 'content-type: application/json' -d '{"content":"Hello"}'"""
            : $"ready: {gateway.Address}   try: curl -i {gateway.Address}/";
    }

    private Guid NewId() => new(parts.RandomBytes(16));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Complaint}")]
    private partial void LogResource(string complaint);

    [LoggerMessage(Level = LogLevel.Error, Message = "The ready file cannot be written: {Reason}")]
    private partial void LogReadyFile(string reason);
}
