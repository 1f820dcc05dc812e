using System.Collections.Concurrent;
using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Channel;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>
/// One life of an app's process, from its first health to its death. While it lives it may become unhealthy and healthy again
/// (dapr:pkg/apphealth): each time of health is a connection of its own.
/// </summary>
/// <remarks>
/// Connection changes are made by <see cref="MonitorAsync"/> alone, and by <see cref="DisposeAsync"/> once that has ended: the launcher's
/// report of a death and a probe never interleave.
/// </remarks>
internal sealed partial class AppSession : IAsyncDisposable
{
    /// <summary>For the actors of an unhealthy process to be told; the rest are told when the process gets them again.</summary>
    private static readonly TimeSpan HaltTimeout = TimeSpan.FromSeconds(5);

    private readonly AppInstance _instance;
    private readonly AppChannel _channel;
    private readonly IReadOnlyList<ActorTypeSettings> _types;
    private readonly HostDirectory _hosts;
    private readonly ActorRouter _router;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<ActorRef, byte>? _leftovers;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _monitor;
    private AppConnection _connection;

    /// <summary>Registers the process, which is healthy, and begins to watch its health where the app asks for it.</summary>
    public AppSession(
        AppInstance instance, AppChannel channel, IReadOnlyList<ActorTypeSettings> types, HostDirectory hosts, ActorRouter router,
        TimeProvider timeProvider, ILogger<AppSession> logger)
    {
        (_instance, _channel, _types, _hosts, _router, _timeProvider, _logger) = (instance, channel, types, hosts, router, timeProvider, logger);
        _leftovers = instance.App.Health is null ? null : new();
        _connection = Register();
        _monitor = instance.App.Health is { } health ? MonitorAsync(health, _ending.Token) : Task.CompletedTask;
    }

    /// <summary>The process is gone. Completes when no write of it is under way any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _monitor.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await UnregisterAsync(unhealthy: false);
        _hosts.SetUnhealthy(_instance.App, unhealthy: false);
        _channel.Dispose();
        _ending.Dispose();
    }

    private AppConnection Register()
    {
        var connection = new AppConnection(_instance.App, _channel, _types, _leftovers);
        _instance.Connection = connection;
        _hosts.Add(connection);
        return connection;
    }

    private async Task UnregisterAsync(bool unhealthy)
    {
        if (_instance.Connection == _connection)
            _instance.Connection = null;
        _connection.IsHalting = unhealthy;
        // Closed before it is taken off the list: whoever finds another host from here on never waits for this one.
        var closed = _connection.CloseAsync();
        if (unhealthy)
            _hosts.SetUnhealthy(_instance.App, unhealthy: true);
        _hosts.Remove(_connection);
        await closed;
    }

    private async Task MonitorAsync(AppHealthOptions health, CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            await Task.Delay(health.ProbeInterval, _timeProvider, cancellationToken);
            if (await _channel.ProbeAsync(health, _timeProvider, cancellationToken))
            {
                failures = 0;
                if (_connection.IsAlive)
                    continue;
                _hosts.SetUnhealthy(_instance.App, unhealthy: false);
                _connection = Register();
                LogHealthy(_instance.App.AppId, _instance.App.Replica);
            }
            else if (_connection.IsAlive && ++failures >= health.Threshold)
            {
                LogUnhealthy(_instance.App.AppId, _instance.App.Replica, failures);
                await UnregisterAsync(unhealthy: true);
                using var limit = new CancellationTokenSource(HaltTimeout, _timeProvider);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                await _router.HaltAsync(_connection, health.ProbeTimeout, either.Token);
                _connection.IsHalting = false;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{AppId} #{Replica} is unhealthy after {Failures} failed probes: it gets no calls, and its actors are taken to be gone")]
    private partial void LogUnhealthy(string appId, int replica, int failures);

    [LoggerMessage(LogLevel.Information, "{AppId} #{Replica} is healthy again")]
    private partial void LogHealthy(string appId, int replica);
}
