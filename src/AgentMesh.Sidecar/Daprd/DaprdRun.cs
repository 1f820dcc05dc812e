using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Registry;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.StateApi;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>One sidecar of one app, from its flags to the orderly end: resources, ports, the app, until asked to stop.</summary>
internal sealed partial class DaprdRun(DaprdOptions options, ProgramParts parts, ILoggerFactory loggers)
{
    /// <summary><c>HOST:PORT</c> in place of the components' <c>redisHost</c>; set by our launcher for <c>--redis</c>.</summary>
    public const string RedisVariable = "AGENTMESH_REDIS";

    /// <summary><c>1.16</c>: as the launcher's <c>--compat</c>.</summary>
    public const string CompatVariable = "AGENTMESH_COMPAT";

    /// <summary><c>daprd</c>: as the launcher's <c>--state-fidelity</c>.</summary>
    public const string FidelityVariable = "AGENTMESH_STATE_FIDELITY";

    private const int SecretBytes = 32;

    /// <summary>After an app that listens and answers nonsense.</summary>
    private static readonly TimeSpan ConnectRetry = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan HealthPoll = TimeSpan.FromMilliseconds(100);

    private readonly ILogger _logger = loggers.CreateLogger<DaprdRun>();
    private readonly long _started = parts.TimeProvider.GetTimestamp();
    private bool _isInitialized;

    /// <summary>Runs until the stop is requested. Returns 0; what keeps it from running is a <see cref="LauncherException"/>.</summary>
    public async Task<int> RunAsync(List<string> warnings, StopRequest stop)
    {
        var runFileApp = Existing(options.App);
        var redis = parts.Variable(RedisVariable);
        var components = ComponentPlan.Read(new RunFile(null, [runFileApp]), parts, redis, usesOwnHosts: true, warnings);
        var stores = DaprdStores.Find(components, runFileApp.AppId, redis);
        warnings.ForEach(LogComplaint);
        if (stores.Registry is null)
            LogAlone();
        using var reservations = new PortReservations(parts.Random);
        var ports = ChoosePorts(reservations);
        reservations.ReleaseAll();
        var app = LaunchPlan.Define(runFileApp, 0, new ProcessPorts(runFileApp.AppPort, ports.Http, ports.Grpc, ports.Metrics), components) with
        {
            Instance = $"{Environment.MachineName}/{runFileApp.AppId}/{ports.Http}",
            DisabledInitEndpoints = options.DisabledInitEndpoints,
        };
        var sidecar = new SidecarOptions
        {
            Apps = [app],
            DaprApiToken = parts.Variable(ApiTokens.DaprVariable),
            AppApiToken = parts.Variable(ApiTokens.AppVariable),
            Namespace = parts.Namespace,
            Compat116 = parts.Variable(CompatVariable) == "1.16",
            StateFidelity = parts.Variable(FidelityVariable) == "daprd" ? new StateFidelity(seed: 1) : null,
            Peers = stores.Registry is not { } registry ? null : new PeerOptions
            {
                Redis = registry,
                Port = ports.Internal,
                Secret = Base64Url.EncodeToString(parts.RandomBytes(SecretBytes)),
            },
            ShutdownRequested = stop.RequestOnce,
        };
        try
        {
            await using IStateStore store = stores.State is null
                ? new NoStateStore()
                : await RedisStateStore.ConnectAsync(stores.State, loggers.CreateLogger<RedisStateStore>(), stop.Stopping);
            await using var runtime = await SidecarRuntime.StartAsync(sidecar, store, loggers, parts.TimeProvider, stop.Stopping);
            await ServeAsync(runtime, app, stop);
        }
        catch (StateStoreException failure)
        {
            throw new LauncherException(failure.Message);
        }
        catch (IOException failure)
        {
            throw new LauncherException($"the ports cannot be opened: {failure.Message}");
        }
        catch (OperationCanceledException) when (stop.Stopping.IsCancellationRequested)
        {
            // Asked to stop while starting.
        }

        return 0;
    }

    private RunFileApp Existing(RunFileApp app) => app with
    {
        Directory = parts.CurrentFolder,
        ResourcesPaths = [.. app.ResourcesPaths.Select(path => Existing(path, "--resources-path", Directory.Exists))],
        ConfigFilePaths = [.. app.ConfigFilePaths.Select(path => Existing(path, "--config", File.Exists))],
    };

    private (int Http, int Grpc, int Internal, int Metrics) ChoosePorts(PortReservations reservations)
    {
        return (Choose(options.HttpPort), Choose(options.GrpcPort), Choose(options.InternalPort), Metrics());

        // Several sidecars with daprd's default port are one machine's everyday life, and no reason not to serve.
        int Metrics()
        {
            if (options.MetricsPort is not > 0 || reservations.TryTake(options.MetricsPort.Value))
                return options.MetricsPort is 0 ? reservations.TakeFree() : options.MetricsPort ?? 0;
            LogNoMetrics(options.MetricsPort.Value);
            return 0;
        }

        int Choose(int wanted) => wanted == 0 ? reservations.TakeFree()
            : reservations.TryTake(wanted) ? wanted
            : throw new LauncherException($"port {wanted} is in use by {PortOwner.Find(wanted)?.Name ?? "another process"}");
    }

    private async Task ServeAsync(SidecarRuntime runtime, AppDefinition app, StopRequest stop)
    {
        using var ending = new CancellationTokenSource();
        var serving = app.AppPort == 0 ? InitializedAsync() : ServeAppAsync(runtime, app, ending.Token);
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, parts.TimeProvider, stop.Stopping);
        // Serving ends before only when it breaks down, or has no app to serve.
        if (await Task.WhenAny(serving, stopped) == serving)
            await serving;
        await stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await BlockShutdownAsync(runtime, app, stop.Forced);
        using var limit = new CancellationTokenSource(options.GracefulShutdown, parts.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop.Forced);
        await runtime.DrainActorsAsync(either.Token).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ending.CancelAsync();
        await serving;
    }

    // dapr:pkg/runtime: served on until the time is over or the app is unhealthy.
    private async Task BlockShutdownAsync(SidecarRuntime runtime, AppDefinition app, CancellationToken forced)
    {
        var since = parts.TimeProvider.GetTimestamp();
        while (parts.TimeProvider.GetElapsedTime(since) < options.BlockShutdown && runtime.IsConnected(app) && !forced.IsCancellationRequested)
            await Task.Delay(HealthPoll, parts.TimeProvider, forced).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // One life of the app's process after the other.
    private async Task ServeAppAsync(SidecarRuntime runtime, AppDefinition app, CancellationToken ending)
    {
        LogWaiting(app.ChannelAddress, app.AppPort);
        try
        {
            while (true)
            {
                if (!await TryConnectAsync(runtime, app, ending))
                {
                    await Task.Delay(ConnectRetry, parts.TimeProvider, ending);
                    continue;
                }

                await InitializedAsync();
                await AppWatch.WaitForEndAsync(app, parts.TimeProvider, ending);
                await runtime.DisconnectAppAsync(app);
                // Said when it is true of the sidecar too: whoever reads it and asks for its health hears the same.
                LogGone(app.AppPort);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task<bool> TryConnectAsync(SidecarRuntime runtime, AppDefinition app, CancellationToken ending)
    {
        try
        {
            await runtime.ConnectAppAsync(app, ending);
            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or StateStoreException)
        {
            LogNotConnected(failure.Message);
            return false;
        }
    }

    // The line that tools wait for, in daprd's own form (dapr:pkg/runtime/runtime.go).
    private async Task InitializedAsync()
    {
        if (_isInitialized)
            return;
        _isInitialized = true;
        var elapsed = (long)parts.TimeProvider.GetElapsedTime(_started).TotalMilliseconds;
        var time = parts.TimeProvider.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        await parts.Console.WriteLineAsync(
            $"time=\"{time}\" level=info msg=\"dapr initialized. Status: Running. Init Elapsed {elapsed}ms\" app_id={options.App.AppId} scope=dapr.runtime type=log ver={MetadataApi.RuntimeVersion}");
    }

    private string Existing(string path, string flag, Func<string, bool> exists)
    {
        var full = Path.GetFullPath(path, parts.CurrentFolder);
        return exists(full) ? full : throw new LauncherException($"{flag} '{path}' does not exist ({full})");
    }

    [LoggerMessage(LogLevel.Warning, "{Complaint}")]
    private partial void LogComplaint(string complaint);

    [LoggerMessage(LogLevel.Warning, "The resources name no Redis: this sidecar serves its own app and knows no other")]
    private partial void LogAlone();

    [LoggerMessage(LogLevel.Warning, "Port {Port} is in use: no metrics are served")]
    private partial void LogNoMetrics(int port);

    [LoggerMessage(LogLevel.Information, "Waiting for the app at {Address}:{Port}")]
    private partial void LogWaiting(string address, int port);

    [LoggerMessage(LogLevel.Warning, "The app's process is gone: port {Port} is closed; waiting for the next one")]
    private partial void LogGone(int port);

    [LoggerMessage(LogLevel.Warning, "The app listens but cannot be used yet: {Reason}")]
    private partial void LogNotConnected(string reason);
}
