using System.Diagnostics.Metrics;

namespace AgentMesh.Gateway.Watching;

/// <summary>Who watches agents.</summary>
internal sealed class WatchMetrics
{
    private readonly UpDownCounter<long> _sockets;
    private readonly UpDownCounter<long> _streams;

    public WatchMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("AgentMesh.Gateway.Watching");
        _sockets = meter.CreateUpDownCounter<long>("agentmesh.sockets.open", "{socket}", "WebSockets that are open.");
        _streams = meter.CreateUpDownCounter<long>("agentmesh.streams.open", "{stream}", "Event streams of the log that are open.");
    }

    /// <summary>A WebSocket is open.</summary>
    public void SocketOpened() => _sockets.Add(1);

    /// <summary>It is closed.</summary>
    public void SocketClosed() => _sockets.Add(-1);

    /// <summary>An event stream has begun.</summary>
    public void StreamOpened() => _streams.Add(1);

    /// <summary>It has ended.</summary>
    public void StreamClosed() => _streams.Add(-1);
}
