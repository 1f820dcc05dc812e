using System.Net;
using System.Net.Sockets;
using AgentMesh.ServiceDefaults.Outgoing;

namespace AgentMesh.ActorHost.Outgoing;

/// <summary>
/// Connects to what may be connected to. The name is resolved once for a connection, and the connection is made to the addresses that were looked at:
/// a name that has another address the next moment (DNS rebinding) leads nowhere else.
/// </summary>
internal sealed class GuardedConnector(IHostResolver resolver, OutgoingRules rules)
{
    /// <summary>Addresses of a host that are tried.</summary>
    private const int MaxTried = 4;

    /// <summary>The connection of <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="AddressNotAllowedException">One of the host's addresses may not be called: then none of them is.</exception>
    /// <exception cref="SocketException">Nobody is there.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await resolver.ResolveAsync(host, cancellationToken);
        if (!addresses.All(address => rules.Allows(host, address, port)))
            throw new AddressNotAllowedException();
        SocketException? last = null;
        foreach (var address in addresses.Take(MaxTried))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException fault)
            {
                socket.Dispose();
                last = fault;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
