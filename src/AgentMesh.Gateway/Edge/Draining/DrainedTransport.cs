using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace AgentMesh.Gateway.Edge.Draining;

/// <summary>Kestrel's sockets, whose listeners can be closed before the connections are. Kestrel itself does both at once.</summary>
internal sealed class DrainedTransport(SocketTransportFactory sockets, Drain drain) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = new DrainedListener(await sockets.BindAsync(endpoint, cancellationToken), drain);
        drain.Add(listener);
        return listener;
    }

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);
}

/// <summary>A listener that says what connections there are.</summary>
internal sealed class DrainedListener(IConnectionListener listener, Drain drain) : IConnectionListener
{
    public EndPoint EndPoint => listener.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        var connection = await listener.AcceptAsync(cancellationToken);
        if (connection is null)
            return null;
        drain.Open();
        connection.ConnectionClosed.UnsafeRegister(static drain => ((Drain)drain!).Close(), drain);
        return connection;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => listener.DisposeAsync();
}
