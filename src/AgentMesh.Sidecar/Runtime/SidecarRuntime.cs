using System.Collections.Frozen;
using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Actors.Timers;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Dashboard;
using AgentMesh.Sidecar.Grpc;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Invocation;
using AgentMesh.Sidecar.Metrics;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Registry;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.StateApi;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>
/// The sidecar itself: serves every app its Dapr ports, routes actor calls and service invocation between them, keeps their state.
/// One process for all apps of the machine, so the actor table and the turn locks are in memory and global; or, with
/// <see cref="SidecarOptions.Peers"/>, one of several, each with the app and the actors that are its own.
/// </summary>
internal sealed class SidecarRuntime : IAppConnections
{
    /// <summary>daprd polls the app's port every 100 ms; a local start should not wait that long.</summary>
    private static readonly TimeSpan PortPollInterval = TimeSpan.FromMilliseconds(20);

    private readonly WebApplication _server;
    private readonly WebApplication? _peers;
    private readonly Membership? _membership;
    private readonly FrozenDictionary<int, AppInstance> _byPort;
    private readonly HostDirectory _hosts = new();
    private readonly ActorRouter _router;
    private readonly TargetResolver _targets;
    private readonly PubSubRuntime _pubSub;
    private readonly SidecarOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ReminderScheduler? _reminders;
    private readonly IReminderStore? _reminderStore;
    private readonly ActorTimers _timers;
    private RuntimeSource? _source;
    private Loop? _deactivating;
    private Loop? _rebalancing;

    private SidecarRuntime(SidecarOptions options, IStateStore store, RegistryClient? registry, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        _options = options;
        _timeProvider = timeProvider;
        _loggerFactory = loggerFactory;
        _membership = registry is null ? null : new Membership(registry, options.Peers!, _hosts, timeProvider, loggerFactory.CreateLogger<Membership>());
        _router = new ActorRouter(_hosts, timeProvider, loggerFactory.CreateLogger<ActorRouter>());
        var policies = new ResiliencyPolicies(timeProvider);
        _pubSub = new PubSubRuntime(options.Apps, _hosts, policies, store, loggerFactory, timeProvider);
        var instances = options.Apps.Select(app => new AppInstance(app)).ToList();
        _byPort = instances.SelectMany(instance => new[] { (instance.App.DaprHttpPort, instance), (instance.App.DaprGrpcPort, instance) })
            .ToFrozenDictionary(entry => entry.Item1, entry => entry.instance);

        // Its name among other sidecars on the same store.
        var owner = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString();
        var reminders = _reminderStore = store.OpenReminders(options.Namespace, owner);
        _reminders = reminders is null
            ? null
            : new ReminderScheduler(
                reminders, new ReminderCallback(reminders, _router, timeProvider, loggerFactory.CreateLogger<ReminderCallback>()), _hosts, timeProvider,
                loggerFactory.CreateLogger<ReminderScheduler>());
        _timers = new ActorTimers(_router, timeProvider, loggerFactory.CreateLogger<ActorTimers>());

        var gauges = new ScheduleGauges(reminders, _timers, _hosts);
        foreach (var app in options.Apps)
        {
            gauges.Watch(app);
            foreach (var resource in app.Resiliency)
                app.Metrics.Resiliency.Loaded(resource.Name);
        }

        _targets = new TargetResolver(_hosts, options.Namespace);
        var metadata = new MetadataApi(_router, _pubSub);
        var state = new StateAccess(store, loggerFactory.CreateLogger<StateAccess>());
        var calls = new ActorCall(_router);
        var api = new SidecarApi(
            calls, new ActorState(store, _router, options.StateFidelity, loggerFactory.CreateLogger<ActorState>()),
            new ReminderApi(reminders, _reminders, timeProvider, options.Compat116), new TimerApi(_timers, timeProvider),
            new ServiceInvocation(_targets, policies), metadata, new PublishApi(_pubSub.Publisher), new StateRoutes(state, options.StateFidelity), options.ShutdownRequested, options.DaprApiToken);
        var service = new DaprService(port => _byPort[port], state, _pubSub.Publisher, metadata, options.ShutdownRequested);
        _server = SidecarServers.ForApps(options, service, loggerFactory);
        var metrics = options.Apps.Where(SidecarServers.ServesMetrics).ToFrozenDictionary(app => app.MetricsPort, app => app.Metrics);
        var grpcPorts = options.Apps.Select(app => app.DaprGrpcPort).ToFrozenSet();
        var log = new ApiLog(loggerFactory.CreateLogger<ApiLog>(), "HTTP");
        Func<HttpContext, AppInstance, Task> handle = api.HandleAsync;
        _server.Use(next => context =>
        {
            if (grpcPorts.Contains(context.Connection.LocalPort))
                return next(context);
            if (metrics.TryGetValue(context.Connection.LocalPort, out var scraped))
                return scraped.ServeAsync(context);
            var app = _byPort[context.Connection.LocalPort];
            return log.RunAsync(context, app.App, app, handle);
        });
        GrpcApi.MapTo(_server, options, port => _byPort[port].App, loggerFactory);
        if (options.Peers is { } peers)
        {
            _peers = SidecarServers.ForPeers(options, loggerFactory, peers.Port);
            _peers.Run(new PeerApi(calls, _router, reminders, instances[0], peers.Secret).HandleAsync);
        }
    }

    /// <summary>For a dashboard, which only looks: what is served and measured, who hosts what, pub/sub, reminders (null: there are none), the clock.</summary>
    public (SidecarOptions Options, HostDirectory Hosts, PubSubRuntime PubSub, IReminderStore? Reminders, TimeProvider Clock) Insight =>
        (_options, _hosts, _pubSub, _reminderStore, _timeProvider);

    /// <inheritdoc/>
    public IDashboardSource Source => _source ??= new RuntimeSource(this);

    /// <summary>Opens all ports. Apps can use their sidecar from here on; calls to an app wait until it is connected.</summary>
    /// <exception cref="IOException">A port is in use.</exception>
    public static async Task<SidecarRuntime> StartAsync(
        SidecarOptions options, IStateStore store, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        options = options with
        {
            Apps =
            [
                .. options.Apps.Select(app => app with
                {
                    Metrics = new AppMetrics(
                        app.AppId, options.Namespace, timeProvider, app.Components.Select(component => component.Type), app.Configuration.IncreasedCardinality),
                }),
            ],
        };
        var registry = options.Peers is { } peers ? await RegistryClient.ConnectAsync(peers.Redis, options.Namespace, cancellationToken) : null;
        var runtime = new SidecarRuntime(options, store, registry, loggerFactory, timeProvider);
        try
        {
            await runtime._pubSub.OpenAsync(cancellationToken);
            if (runtime._peers is not null)
                await runtime._peers.StartAsync(cancellationToken);
            if (runtime._membership is not null)
                await runtime._membership.StartAsync(cancellationToken);
            if (runtime._reminders is not null)
                await runtime._reminders.StartAsync();
            await runtime._server.StartAsync(cancellationToken);
        }
        catch
        {
            await runtime.DisposeAsync();
            throw;
        }

        runtime._deactivating = new Loop(runtime.DeactivateIdleAsync);
        runtime._rebalancing = new Loop(runtime.RebalanceAsync);
        return runtime;
    }

    /// <summary>
    /// Called when the app's process was started: waits until its port accepts, its health check succeeds, reads <c>/dapr/config</c>
    /// and then routes calls to it. Completes when the app is healthy and its actor types are registered.
    /// </summary>
    /// <exception cref="HttpRequestException">The app answers <c>/dapr/config</c> with an error.</exception>
    /// <exception cref="System.Text.Json.JsonException">The app's <c>/dapr/config</c> is not Dapr's document.</exception>
    /// <exception cref="StateStoreException">It is healthy and cannot be made known to the other sidecars.</exception>
    public async Task ConnectAppAsync(AppDefinition app, CancellationToken cancellationToken)
    {
        var instance = Find(app);
        app = instance.App;
        var channel = new AppChannel(app, _options.AppApiToken);
        IReadOnlyList<Subscription>? subscriptions;
        try
        {
            var wasThere = true;
            for (; !await IsHealthyAsync(channel, app, cancellationToken); wasThere = false)
                await Task.Delay(PortPollInterval, _timeProvider, cancellationToken);
            // daprd reads the config only once too; without an actor state store the app is no actor host.
            var config = app.IsGrpc || app.DisabledInitEndpoints.Contains("config") ? null : await channel.GetConfigAsync(cancellationToken);
            var types = config is null || app.ActorStateStore is null ? [] : ActorTypeSettings.Parse(config);
            subscriptions = app.IsGrpc ? null : await _pubSub.ReadSubscriptionsAsync(app, channel, cancellationToken);
            var session = new AppSession(
                instance, channel, types, _hosts, _membership as IHostRegistry ?? _hosts, _router, isAdopted: _membership is not null && wasThere, _timeProvider,
                _loggerFactory.CreateLogger<AppSession>());
            await session.StartAsync(cancellationToken);
            instance.Session = session;
        }
        catch
        {
            channel.Dispose();
            throw;
        }

        await _pubSub.StartAsync(app, subscriptions);
    }

    /// <summary>Whether the app is healthy and calls are routed to it.</summary>
    public bool IsConnected(AppDefinition app) => Find(app).Connection is { IsAlive: true };

    /// <summary>
    /// Called when the app's process is gone: calls to it wait for a successor. Completes when no write of the dead process is under
    /// way any more; a successor may be started only then.
    /// </summary>
    public async Task DisconnectAppAsync(AppDefinition app)
    {
        if (Find(app).TakeSession() is { } session)
            await session.DisposeAsync();
    }

    /// <summary>
    /// Takes no more events, then deactivates every actor (waits for running turns), as far as it gets before the token ends. Called
    /// before the apps are stopped.
    /// </summary>
    public async Task DrainActorsAsync(CancellationToken cancellationToken)
    {
        await _pubSub.StopAsync(cancellationToken);
        if (_membership is not null)
            await _membership.WithdrawAsync(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _router.DrainAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DisposeAsync(_source, _deactivating, _rebalancing, _timers, _reminders, _pubSub);
        // Whoever still waits for an answer has had its time: the apps are gone.
        using (var now = new CancellationTokenSource(TimeSpan.FromSeconds(1), _timeProvider))
            await Task.WhenAll(_server.StopAsync(now.Token), _peers?.StopAsync(now.Token) ?? Task.CompletedTask);
        await DisposeAsync([_server, _peers, .. _byPort.Values.Select(instance => instance.TakeSession()), _membership]);
        _targets.Dispose();
    }

    private static async Task DisposeAsync(params IAsyncDisposable?[] inTheirOrder)
    {
        foreach (var part in inTheirOrder.OfType<IAsyncDisposable>())
            await part.DisposeAsync();
    }

    private AppInstance Find(AppDefinition app) => _byPort[app.DaprHttpPort];

    private async Task<bool> IsHealthyAsync(AppChannel channel, AppDefinition app, CancellationToken cancellationToken) =>
        await channel.AcceptsAsync(cancellationToken)
        && (app.Health is not { } health || app.IsGrpc || await channel.ProbeAsync(health, _timeProvider, cancellationToken));

    private async Task DeactivateIdleAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(SweepInterval(), _timeProvider);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            await _router.DeactivateIdleAsync(stopping);
            timer.Period = SweepInterval();
        }
    }

    // One at a time; hosts that come meanwhile are seen by the next round.
    private async Task RebalanceAsync(CancellationToken stopping)
    {
        // Not disposed: a host may come at the last moment.
        var changed = new SemaphoreSlim(0);
        _hosts.Changed += () => changed.Release();
        while (true)
        {
            await changed.WaitAsync(stopping);
            var epoch = _hosts.Epoch;
            await _router.RebalanceAsync(stopping);
            _membership?.Acknowledge(epoch);
        }
    }

    // One sweep for all actors in place of daprd's timer per actor; an actor leaves at most an eighth of its idle time late.
    private TimeSpan SweepInterval()
    {
        var shortest = _hosts.Connections.SelectMany(connection => connection.ActorTypes).Select(type => type.IdleTimeout)
            .DefaultIfEmpty(TimeSpan.FromSeconds(8)).Min() / 8;
        return TimeSpan.FromMilliseconds(Math.Clamp(shortest.TotalMilliseconds, 50, 15_000));
    }
}
