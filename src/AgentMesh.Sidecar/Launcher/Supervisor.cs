namespace AgentMesh.Sidecar.Launcher;

/// <summary>All app processes of a run: the start in the run file's order, and the orderly stop.</summary>
internal sealed class Supervisor : IDisposable
{
    /// <summary>For apps without actors to end.</summary>
    public static readonly TimeSpan FirstWave = TimeSpan.FromSeconds(2);

    /// <summary>For actors to be deactivated, running turns first: daprd's drain time of 2 s, and time to tell the app.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(3.5);

    /// <summary>For apps with actors to end. With the two above it leaves a second and a half of the promised ten for the rest.</summary>
    public static readonly TimeSpan SecondWave = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan AfterKill = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WaitingNotice = TimeSpan.FromSeconds(10);

    private readonly SupervisorOptions _options;
    private readonly List<AppSupervisor> _apps;
    private readonly Lock _changes = new();
    private bool _allWereHealthy;

    /// <summary>Prepares; nothing is started.</summary>
    public Supervisor(IEnumerable<AppLaunch> launches, SupervisorOptions options)
    {
        _options = options;
        _apps = [.. launches.Select(launch => new AppSupervisor(launch, options, OnChanged))];
        options.Connections.Lost += app => _apps.Find(other => other.Launch.Definition == app)?.Abort();
    }

    /// <summary>The processes in the run file's order, replicas side by side.</summary>
    public IReadOnlyList<AppSupervisor> Apps => _apps;

    /// <summary>Starts every process and completes when all are healthy.</summary>
    /// <exception cref="LauncherException">One does not start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var app in _apps) app.Start();
        var open = _apps.ToDictionary(app => app.FirstHealthy);
        while (open.Count > 0)
        {
            var next = Task.WhenAny(open.Keys);
            try
            {
                var done = await next.WaitAsync(WaitingNotice, _options.TimeProvider, cancellationToken);
                open.Remove(done);
                await done;
            }
            catch (TimeoutException)
            {
                await _options.Console.WriteLineAsync($"still waiting for {string.Join(", ", open.Values.Select(app => app.Launch.Name))}");
            }
        }

        lock (_changes)
        {
            _allWereHealthy = true;
            _options.Changed();
        }
    }

    /// <summary>Completes, by failing, when the supervision of an app broke down.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        await foreach (var ended in Task.WhenEach(_apps.Select(app => app.Ended)).WithCancellation(cancellationToken))
            await ended;
        await Task.Delay(Timeout.InfiniteTimeSpan, _options.TimeProvider, cancellationToken);
    }

    /// <summary>
    /// Stops everything: those that hold no actors first, the last of the run file first, so that no new work arrives; then the actors;
    /// then the others. What does not end in time, or by the time the token is cancelled, is killed.
    /// </summary>
    /// <param name="forced">Kills at once.</param>
    public async Task StopAsync(CancellationToken forced)
    {
        await using var killing = forced.Register(KillAll);
        await StopWaveAsync([.. _apps.Where(app => !app.Launch.MayHostActors)], FirstWave, forced);
        if (!forced.IsCancellationRequested) await DrainAsync(forced);
        await StopWaveAsync([.. _apps.Where(app => app.Launch.MayHostActors)], SecondWave, forced);
        KillAll();
        await WaitAsync(_apps, AfterKill, CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose() => _apps.ForEach(app => app.Dispose());

    private async Task StopWaveAsync(List<AppSupervisor> wave, TimeSpan limit, CancellationToken forced)
    {
        foreach (var app in Enumerable.Reverse(wave))
        {
            if (forced.IsCancellationRequested) app.Kill();
            else app.Terminate();
        }

        await WaitAsync(wave, limit, forced);
    }

    private async Task WaitAsync(List<AppSupervisor> apps, TimeSpan limit, CancellationToken forced)
    {
        // A supervision that broke down has told so through WatchAsync.
        var ended = Task.WhenAll(apps.Select(app => app.Ended));
        await ended.WaitAsync(limit, _options.TimeProvider, forced).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task DrainAsync(CancellationToken forced)
    {
        if (!_apps.Any(app => app.Launch.MayHostActors)) return;
        using var limit = new CancellationTokenSource(Drain, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, forced);
        try
        {
            await _options.Connections.DrainActorsAsync(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // As far as it got: what the actors acknowledged is durable.
        }
    }

    private void KillAll() => _apps.ForEach(app => app.Kill());

    private void OnChanged()
    {
        lock (_changes)
        {
            if (_allWereHealthy) _options.Changed();
        }
    }
}
