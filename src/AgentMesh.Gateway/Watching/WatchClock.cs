namespace AgentMesh.Gateway.Watching;

/// <summary>A connection that stays open and has to be looked after.</summary>
internal interface IWatchConnection
{
    /// <summary>Once a second. Must not wait and must not throw.</summary>
    void Tick(long now);

    /// <summary>The process is about to end.</summary>
    void Drain();
}

/// <summary>
/// The one timer of all connections: it asks each of them once a second whether a ping is due, a write hangs, or the other side is
/// silent. It goes on while the server drains, because the server is stopped before it.
/// </summary>
internal sealed class WatchClock : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly WatchHub _hub;
    private readonly TimeProvider _timeProvider;
    private readonly PeriodicTimer _timer;
    private readonly CancellationTokenRegistration _stopping;
    private readonly Lock _lock = new();
    private readonly HashSet<IWatchConnection> _connections = [];
    private IWatchConnection?[] _round = [];
    private bool _isDraining;

    public WatchClock(WatchHub hub, TimeProvider timeProvider, IHostApplicationLifetime lifetime)
    {
        _hub = hub;
        _timeProvider = timeProvider;
        _timer = new PeriodicTimer(Period, timeProvider);
        _stopping = lifetime.ApplicationStopping.Register(Drain);
    }

    /// <summary>Looks after a connection.</summary>
    public void Add(IWatchConnection connection)
    {
        lock (_lock)
        {
            _connections.Add(connection);
            if (!_isDraining)
                return;
        }

        connection.Drain();
    }

    /// <summary>The connection has ended.</summary>
    public void Remove(IWatchConnection connection)
    {
        lock (_lock)
            _connections.Remove(connection);
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        _timer.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = _timeProvider.GetTimestamp();
            _hub.Check(now);
            ForEach(now, static (connection, now) => connection.Tick(now));
        }
    }

    private void Drain()
    {
        IWatchConnection[] connections;
        lock (_lock)
        {
            _isDraining = true;
            connections = [.. _connections];
        }

        foreach (var connection in connections)
            connection.Drain();
    }

    // Outside the lock: a connection that is given up takes itself out. The array is kept from round to round.
    private void ForEach(long now, Action<IWatchConnection, long> act)
    {
        int count;
        lock (_lock)
        {
            count = _connections.Count;
            if (_round.Length < count)
                _round = new IWatchConnection?[count + (count / 2)];
            _connections.CopyTo(_round!);
        }

        for (var i = 0; i < count; i++)
            act(_round[i]!, now);
        Array.Clear(_round, 0, count);
    }
}
