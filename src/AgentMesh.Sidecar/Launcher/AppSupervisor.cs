namespace AgentMesh.Sidecar.Launcher;

/// <summary>Keeps one app process running: starts it, connects it to its sidecar, and starts it again when it dies.</summary>
/// <param name="launch">What to run.</param>
/// <param name="options">What all processes share.</param>
/// <param name="changed">Called when the process became healthy or died.</param>
internal sealed partial class AppSupervisor(AppLaunch launch, SupervisorOptions options, Action changed) : IDisposable
{
    private static readonly TimeSpan ConnectRetry = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = options.Logger;
    private readonly TaskCompletionSource _firstHealthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(options.Stopping);
    private readonly Lock _gate = new();
    private ChildProcess? _process;
    private volatile ProcessStatus _status = new(ProcessPhase.Starting, null, null, 0);

    /// <summary>What it runs.</summary>
    public AppLaunch Launch => launch;

    /// <summary>The process that answers; null while there is none. 0 when it was started by someone we cannot see.</summary>
    public int? HealthyProcessId => _status is { Phase: ProcessPhase.Healthy } now ? now.ProcessId ?? 0 : null;

    /// <summary>For those who only look.</summary>
    public ProcessStatus Status => Ended.IsCompleted && launch.App.Command.Count > 0 ? _status with { Phase = ProcessPhase.Down, ProcessId = null } : _status;

    /// <summary>Completes when the app is healthy for the first time; fails with a <see cref="LauncherException"/> when it will not be.</summary>
    public Task FirstHealthy => _firstHealthy.Task;

    /// <summary>Completes when the process is gone and no successor will come.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Of the process that ended last.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Begins. Returns when the first process is started.</summary>
    public void Start()
    {
        Ended = launch.App.Command.Count == 0 ? AwaitForeignProcessAsync() : RunAsync();
        // A supervision that breaks down must not leave the start waiting.
        Ended.ContinueWith(
            ended => _firstHealthy.TrySetException(ended.Exception!.InnerExceptions), CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Asks the process to end (SIGTERM); no successor is started.</summary>
    public void Terminate()
    {
        if (StopStarting() is { Exited.IsCompleted: false } process) process.Terminate();
    }

    /// <summary>Ends the process at once (SIGKILL), as if it had died by itself.</summary>
    public void Abort()
    {
        lock (_gate) _process?.KillTree();
    }

    /// <summary>Ends the process at once (SIGKILL); no successor is started.</summary>
    public void Kill() => StopStarting()?.KillTree();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private ChildProcess? StopStarting()
    {
        // The lock makes sure that no process is started behind the back of a stop.
        lock (_gate)
        {
            _stop.Cancel();
            return _process;
        }
    }

    private async Task RunAsync()
    {
        var deaths = 0;
        while (true)
        {
            var started = options.TimeProvider.GetTimestamp();
            if (!TryStart(out var failure)) return;
            var outcome = failure ?? await ServeAsync();
            if (_stop.IsCancellationRequested) return;

            var lived = options.TimeProvider.GetElapsedTime(started);
            deaths = lived < RestartPolicy.QuickDeath ? deaths + 1 : 1;
            var neverHealthy = !_firstHealthy.Task.IsCompleted;
            if (neverHealthy && (options.NoRestart || failure is not null || deaths >= RestartPolicy.DeathsThatFailTheStart))
            {
                _firstHealthy.TrySetException(new LauncherException($"{launch.Name} does not start: {outcome}"));
                return;
            }

            if (options.NoRestart)
            {
                LogDead(launch.Name, Summary(outcome), lived.TotalSeconds);
                return;
            }

            var delay = RestartPolicy.Delay(deaths);
            try
            {
                await Task.Delay(delay, options.TimeProvider, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            LogRestart(launch.Name, Summary(outcome), lived.TotalSeconds);
        }
    }

    private bool TryStart(out string? failure)
    {
        failure = null;
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return false;
            try
            {
                var pump = new LinePump(options.PrefixOf(launch.App), options.OutputOf(launch.App));
                _process = ChildProcess.Start(launch.App.Command, launch.App.Directory, launch.Environment, pump);
            }
            catch (LauncherException cannot)
            {
                failure = cannot.Message;
                return true;
            }
        }

        _status = new ProcessStatus(
            ProcessPhase.Starting, _process.Id, options.TimeProvider.GetUtcNow(), _status.StartedAt is null ? 0 : _status.Restarts + 1);
        options.ProcessStarted(_process.Id, launch.App.AppId);
        return true;
    }

    /// <summary>From the start of the process to its death. Returns how it ended.</summary>
    private async Task<string> ServeAsync()
    {
        var process = _process!;
        using var alive = new CancellationTokenSource();
        var connecting = ConnectAsync(() => process.Id, alive.Token);
        var exitCode = ExitCode = await process.Exited;
        await alive.CancelAsync();
        var wasHealthy = await connecting;
        _status = _status with { Phase = ProcessPhase.Waiting, ProcessId = null };
        if (wasHealthy) changed();
        if (launch.Listens) await options.Connections.DisconnectAppAsync(launch.Definition);
        options.ProcessEnded(process.Id);

        await process.FinishOutputAsync(options.TimeProvider);
        lock (_gate)
        {
            _process = null;
            process.Dispose();
        }

        var words = process.LastLines is { Count: > 0 } lines ? $"; its last words:\n{string.Join('\n', lines)}" : "";
        return $"process {process.Id} ended with exit code {exitCode}{words}";
    }

    /// <summary>Completes when the process is healthy, or with false when the token ended first.</summary>
    private async Task<bool> ConnectAsync(Func<int> findProcessId, CancellationToken cancellationToken)
    {
        var started = options.TimeProvider.GetTimestamp();
        try
        {
            while (launch.Listens && !await TryConnectAsync(cancellationToken))
                await Task.Delay(ConnectRetry, options.TimeProvider, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        var processId = findProcessId();
        _status = _status with { Phase = ProcessPhase.Healthy, ProcessId = processId == 0 ? null : processId };
        changed();
        var place = launch.Listens ? $" at {launch.Address}" : "";
        var duration = options.TimeProvider.GetElapsedTime(started).TotalSeconds;
        LogHealthy(launch.Name, processId, duration);
        await options.Console.WriteLineAsync($"{launch.Name} is healthy{place} (process {processId}, {duration:0.0} s)");
        _firstHealthy.TrySetResult();
        return true;
    }

    private async Task<bool> TryConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await options.Connections.ConnectAppAsync(launch.Definition, cancellationToken);
            return true;
        }
        catch (Exception refused) when (refused is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever is wrong with one app's answers, it must not end the supervision of all.
            LogNotConnected(launch.Name, refused.Message);
            return false;
        }
    }

    // The app is somebody else's (a debugger's, say): it is served, never started or ended.
    private async Task AwaitForeignProcessAsync()
    {
        if (launch.Listens) await options.Console.WriteLineAsync($"{launch.Name} has no command: waiting for it at {launch.Address}");
        await ConnectAsync(() => launch.Listens ? PortOwner.Find(launch.Definition.AppPort)?.ProcessId ?? 0 : 0, _stop.Token);
    }

    private static string Summary(string outcome) => outcome.Split(';', '\n')[0];

    [LoggerMessage(Level = LogLevel.Information, Message = "{App} is healthy (process {ProcessId}, {Seconds:0.0} s)")]
    private partial void LogHealthy(string app, int processId, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{App}: {Outcome} after {LivedSeconds:0.0} s; starting it again")]
    private partial void LogRestart(string app, string outcome, double livedSeconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{App}: {Outcome} after {LivedSeconds:0.0} s; it is not started again (--no-restart)")]
    private partial void LogDead(string app, string outcome, double livedSeconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{App} listens but cannot be used yet: {Reason}")]
    private partial void LogNotConnected(string app, string reason);
}
