using AgentMesh.Sidecar.Daprd;
using AgentMesh.Sidecar.Dashboard;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.StateApi;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>One run from the command line to the exit code: prepare, start, serve until asked to stop, stop.</summary>
internal sealed partial class MeshRun(RunOptions options, ProgramParts parts)
{
    private ILogger _logger = NullLogger.Instance;

    /// <summary>
    /// Runs until the stop is requested or the one app of the command line has ended. Returns 0, or 1 when that app failed; what keeps
    /// it from running is a <see cref="LauncherException"/>.
    /// </summary>
    public async Task<int> RunAsync(StopRequest stop)
    {
        if (options is { DaprdLayout: true, Redis: null })
        {
            throw new LauncherException(
                "--layout daprd needs --redis HOST:PORT: several sidecars share one store, and a SQLite file belongs to one process", LauncherException.BadCommandLine);
        }

        var paths = RunPaths.Find(options, parts.CurrentFolder, parts.ProgramFolder);
        var readyFile = paths.ReadyFile is { } file ? new ReadyFile(file) : null;
        readyFile?.DeleteUnlessInUse();
        var warnings = new List<string>();
        var runFile = options.App is { } app
            ? RunFileReader.Read(app.Fields, app.Command, parts.CurrentFolder, parts.Home, warnings)
            : RunFileReader.Read(paths.RunFile!, parts.Home, warnings);
        using var logs = new RunLogs(runFile, parts.Console, parts.TimeProvider);
        _logger = logs.Loggers.CreateLogger<MeshRun>();
        warnings.ForEach(LogResource);
        var folder = paths.Data ?? Path.Combine(parts.Home, ".agentmesh", "apps", runFile.Apps[0].AppId);
        try
        {
            using var data = DataFolder.Open(folder, parts.TimeProvider, logs.Loggers.CreateLogger<DataFolder>());
            // What a SIGKILL of an earlier sidecar left running on it.
            await data.Processes.EndLeftoversAsync(stop.Stopping);
            // From here on the folder is ours, and with it the file: a start refused by the lock leaves the running mesh's file alone.
            readyFile?.Delete();
            try
            {
                if (runFile is { IsCommandLine: true, Apps: [{ ResourcesPaths.Count: 0 } bare] })
                    runFile = runFile with { Apps = [bare with { ResourcesPaths = [DefaultComponents.Write(folder)] }] };
                return await ServeAsync(new RunScope(runFile, logs, folder, data, readyFile, stop));
            }
            finally
            {
                readyFile?.Delete();
            }
        }
        catch (OperationCanceledException) when (stop.Stopping.IsCancellationRequested)
        {
            // Asked to stop while starting.
            return 0;
        }
    }

    // The using declarations are the order of the stop, last first: apps, sidecar, store; then the caller's data folder.
    private async Task<int> ServeAsync(RunScope run)
    {
        var started = parts.TimeProvider.GetTimestamp();
        var warnings = new List<string>();
        var components = ComponentPlan.Read(run.RunFile, parts, options.Redis, usesOwnHosts: false, warnings, run.Folder);
        warnings.ForEach(LogResource);
        var counted = LaunchPlan.Count(run.RunFile, options.Replicas);
        using var reservations = new PortReservations(parts.Random);
        var plan = new PortPlan(reservations, options.FreePorts);
        var dashboardPort = plan.Dashboard(options.DashboardPort ?? (run.RunFile.IsCommandLine ? 0 : null));
        var ports = plan.Assign(counted);
        var tokens = ApiTokens.Choose(options.Set, parts.Environment, run.RunFile.IsCommandLine ? null : parts.RandomBytes);
        run.Logs.Ring.Hide(tokens.Dapr, tokens.App);
        var launches = LaunchPlan.Create(counted, ports, components, tokens, parts.Environment, options.Set);
        await new AppBuild(parts.Console, parts.Environment, parts.TimeProvider).RunAsync(run.RunFile.Apps, options.NoBuild, run.Stop.Stopping);

        await using var store = await run.Data.OpenStoreAsync(options.Redis is { } redis ? components.StateRedis(redis) : null, run.Logs.Loggers, run.Stop.Stopping);
        foreach (var line in components.Describe(run.Folder, options.Redis))
            await parts.Console.WriteLineAsync(line);
        using var record = new RunRegistration(parts.Registry, run.RunFile, launches, run.Logs, parts.TimeProvider.GetUtcNow());
        record.Begin();
        var lines = new DaprLines(parts.Console, run.RunFile, launches, run.Folder);
        await lines.StartingAsync();
        reservations.ReleaseAll();
        await using var connections = await StartRuntimeAsync(launches, tokens, store, run);
        await lines.InitializedAsync(parts.TimeProvider.GetElapsedTime(started));
        return await SuperviseAsync(launches, connections, store, record, lines, run, dashboardPort);
    }

    private async Task<IAppConnections> StartRuntimeAsync(
        IReadOnlyList<AppLaunch> launches, ApiTokens tokens, IStateStore store, RunScope run)
    {
        if (options.DaprdLayout)
            return await DaprdConnections.StartAsync(launches, LayoutOf(tokens, store, run), run.Stop.Stopping);
        var sidecar = new SidecarOptions
        {
            Apps = [.. launches.Select(launch => launch.Definition)],
            DaprApiToken = tokens.Dapr,
            AppApiToken = tokens.App,
            Namespace = parts.Namespace,
            Compat116 = options.Compat116,
            StateFidelity = options.DaprdStateFidelity ? new StateFidelity(seed: 1) : null,
            ShutdownRequested = run.Stop.RequestOnce,
        };
        try
        {
            return await SidecarRuntime.StartAsync(sidecar, store, run.Logs.Loggers, parts.TimeProvider, run.Stop.Stopping);
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

    private DaprdLayout LayoutOf(ApiTokens tokens, IStateStore store, RunScope run) => new()
    {
        Program = Path.Combine(parts.ProgramFolder, DaprdCommand.Name),
        Folder = parts.CurrentFolder,
        Reminders = store.OpenReminders(parts.Namespace, owner: "dashboard"),
        Environment = AppEnvironment.ForDaprd(parts.Environment, tokens, options),
        RunFile = run.RunFile,
        DaprApiToken = tokens.Dapr,
        OutputOf = run.Logs.DaprdOutputOf,
        LogsOf = run.Logs.FilesOf,
        Logger = run.Logs.Loggers.CreateLogger<DaprdConnections>(),
        TimeProvider = parts.TimeProvider,
        ProcessStarted = run.Data.Processes.Add,
        ProcessEnded = run.Data.Processes.Remove,
        NoRestart = options.NoRestart || EndsWithApp(run.RunFile),
        Stopping = run.Stop.Stopping,
    };

    // `dapr run` of one app lives as long as the app.
    private static bool EndsWithApp(RunFile runFile) => runFile.IsCommandLine && runFile.Apps[0].Command.Count > 0;

    private async Task<int> SuperviseAsync(
        IReadOnlyList<AppLaunch> launches, IAppConnections connections, IStateStore store, RunRegistration record, DaprLines lines, RunScope run,
        int? dashboardPort)
    {
        var endsWithApp = EndsWithApp(run.RunFile);
        Supervisor? supervisor = null;
        DashboardServer? dashboard = null;
        using var apps = supervisor = new Supervisor(launches, new SupervisorOptions
        {
            Connections = connections,
            Console = parts.Console,
            OutputOf = run.Logs.OutputOf,
            PrefixOf = lines.PrefixOf,
            Logger = run.Logs.Loggers.CreateLogger<Supervisor>(),
            TimeProvider = parts.TimeProvider,
            ProcessStarted = (processId, appId) =>
            {
                run.Data.Processes.Add(processId, appId);
                lines.Up();
            },
            ProcessEnded = run.Data.Processes.Remove,
            NoRestart = options.NoRestart || endsWithApp,
            Stopping = run.Stop.Stopping,
            Changed = () => Note(run.ReadyFile, record, supervisor!, dashboard?.Address ?? "", store),
        });
        await using var shown = dashboard = await OpenDashboardAsync(dashboardPort, apps, connections, store, run);
        try
        {
            if (!endsWithApp) lines.Up();
            await apps.StartAsync(run.Stop.Stopping);
            await parts.Console.WriteLineAsync(ReadyLine(launches));
            await (endsWithApp ? Task.WhenAny(apps.WatchAsync(run.Stop.Stopping), apps.Apps[0].Ended).Unwrap() : apps.WatchAsync(run.Stop.Stopping));
            return await lines.EndedAsync(apps.Apps[0].ExitCode);
        }
        catch (OperationCanceledException) when (run.Stop.Stopping.IsCancellationRequested)
        {
            await parts.Console.WriteLineAsync("stopping");
            return 0;
        }
        finally
        {
            await apps.StopAsync(run.Stop.Forced);
        }
    }

    private async Task<DashboardServer?> OpenDashboardAsync(int? port, Supervisor apps, IAppConnections connections, IStateStore store, RunScope run)
    {
        if (port is not { } given || connections.Source is not { } source) return null;
        var name = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(run.RunFile.Path))) is { Length: > 0 } folder ? folder : run.RunFile.Apps[0].AppId;
        var data = new DashboardData(
            new RunFacts(name, run.RunFile.IsCommandLine ? null : run.RunFile.Path, parts.Namespace, store.Description), () => apps.Apps, source, parts.TimeProvider);
        var dashboard = await DashboardServer.StartAsync(
            given, new DashboardApi(data, new LogStream(run.Logs.Ring, parts.TimeProvider)), run.Logs.Loggers, run.Stop.Stopping);
        await parts.Console.WriteLineAsync($"dashboard: {dashboard.Address}");
        return dashboard;
    }

    private void Note(ReadyFile? readyFile, RunRegistration record, Supervisor supervisor, string dashboard, IStateStore store)
    {
        try
        {
            record.Write(app => supervisor.Apps.First(candidate => candidate.Launch == app).HealthyProcessId ?? 0);
            readyFile?.Write(supervisor.Apps.Select(app => (app.Launch, app.HealthyProcessId)), dashboard, store.Description, Environment.ProcessId);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Complaint}")]
    private partial void LogResource(string complaint);

    [LoggerMessage(Level = LogLevel.Error, Message = "The ready file or the list of runs cannot be written: {Reason}")]
    private partial void LogReadyFile(string reason);

    /// <summary>What the steps of a run share.</summary>
    private sealed record RunScope(RunFile RunFile, RunLogs Logs, string Folder, DataFolder Data, ReadyFile? ReadyFile, StopRequest Stop);
}
