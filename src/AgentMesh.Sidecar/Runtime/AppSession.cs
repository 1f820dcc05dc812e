using System.Collections.Concurrent;
using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Channel;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>
/// One life of an app's process, from its first health to its death. While it lives it may become unhealthy and healthy again
/// (dapr:pkg/apphealth): each time of health is a connection of its own. A sidecar that could not keep its lease beside others ends
/// the connection too, and asks for a new one.
/// </summary>
/// <remarks>
/// Connection changes are made by <see cref="MonitorAsync"/> alone, and by <see cref="DisposeAsync"/> once that has ended: a report of a
/// death and a probe never interleave.
/// </remarks>
internal sealed partial class AppSession(
    AppInstance instance, AppChannel channel, IReadOnlyList<ActorTypeSettings> types, HostDirectory hosts, IHostRegistry registry, ActorRouter router,
    bool isAdopted, TimeProvider timeProvider, ILogger<AppSession> logger) : IAsyncDisposable
{
    /// <summary>For the actors of an unhealthy process to be told; the rest are told when the process gets them again.</summary>
    private static readonly TimeSpan HaltTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Between two attempts to be a member again.</summary>
    private static readonly TimeSpan LeaseRetry = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<ActorRef, byte>? _leftovers = instance.App.Health is null && registry == hosts ? null : new();
    private readonly CancellationTokenSource _ending = new();
    private Task _monitor = Task.CompletedTask;
    private AppConnection? _connection;

    /// <summary>Registers the process, which is healthy, and begins to watch its health where the app asks for it.</summary>
    /// <exception cref="State.StateStoreException">It cannot be registered now.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RegisterAsync(cancellationToken);
        _monitor = _leftovers is null ? Task.CompletedTask : MonitorAsync(instance.App.Health, _ending.Token);
    }

    /// <summary>The process is gone. Completes when no write of it is under way any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _monitor.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await UnregisterAsync(unhealthy: false);
        hosts.SetUnhealthy(instance.App, unhealthy: false);
        channel.Dispose();
        _ending.Dispose();
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var connection = new AppConnection(instance.App, channel, types, _leftovers) { IsAdopted = isAdopted };
        await registry.AddAsync(connection, cancellationToken);
        instance.Connection = _connection = connection;
    }

    private async Task UnregisterAsync(bool unhealthy)
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        if (instance.Connection == connection)
            instance.Connection = null;
        // Closed before it is taken off the list: whoever finds another host from here on never waits for this one.
        var closed = connection.CloseAsync();
        if (unhealthy)
            hosts.SetUnhealthy(instance.App, unhealthy: true);
        await registry.RemoveAsync(connection, closed);
    }

    private async Task MonitorAsync(AppHealthOptions? health, CancellationToken cancellationToken)
    {
        var (failures, returns) = (0, false);
        while (true)
        {
            var lost = await WaitAsync(returns ? LeaseRetry : health?.ProbeInterval ?? Timeout.InfiniteTimeSpan, cancellationToken);
            if (lost)
            {
                LogLeaseLost(instance.App.AppId);
                await LoseAsync(unhealthy: false, HaltTimeout, cancellationToken);
            }

            var healthy = health is null || await channel.ProbeAsync(health, timeProvider, cancellationToken);
            failures = healthy ? 0 : failures + 1;
            if (_connection is not null && failures >= (health?.Threshold ?? int.MaxValue))
            {
                LogUnhealthy(instance.App.AppId, instance.App.Replica, failures);
                await LoseAsync(unhealthy: true, health!.ProbeTimeout, cancellationToken);
            }

            returns = _connection is null && (lost || returns);
            if (_connection is null && healthy && await TryReturnAsync(cancellationToken))
                returns = false;
        }
    }

    /// <summary>True when the lease was lost meanwhile.</summary>
    private async Task<bool> WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        var lost = _connection?.Lease?.Lost ?? CancellationToken.None;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lost);
        await Task.Delay(interval, timeProvider, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return lost.IsCancellationRequested;
    }

    // What the process holds it is asked to forget; what it does not confirm in time it is asked again when it gets it back.
    private async Task LoseAsync(bool unhealthy, TimeSpan timeoutPerActor, CancellationToken cancellationToken)
    {
        var connection = _connection!;
        connection.IsHalting = true;
        await UnregisterAsync(unhealthy);
        using var limit = new CancellationTokenSource(HaltTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await router.HaltAsync(connection, timeoutPerActor, either.Token);
        connection.IsHalting = false;
    }

    private async Task<bool> TryReturnAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RegisterAsync(cancellationToken);
            hosts.SetUnhealthy(instance.App, unhealthy: false);
            LogHealthy(instance.App.AppId, instance.App.Replica);
            return true;
        }
        catch (State.StateStoreException exception)
        {
            LogNotRegistered(instance.App.AppId, exception.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{AppId} #{Replica} is unhealthy after {Failures} failed probes: it gets no calls, and its actors are taken to be gone")]
    private partial void LogUnhealthy(string appId, int replica, int failures);

    [LoggerMessage(LogLevel.Information, "{AppId} #{Replica} is healthy again")]
    private partial void LogHealthy(string appId, int replica);

    [LoggerMessage(LogLevel.Warning, "{AppId}: the sidecar could not keep its lease in Redis: others take over its actors, and it asks to be a member again")]
    private partial void LogLeaseLost(string appId);

    [LoggerMessage(LogLevel.Warning, "{AppId} cannot be registered: {Reason}")]
    private partial void LogNotRegistered(string appId, string reason);
}
