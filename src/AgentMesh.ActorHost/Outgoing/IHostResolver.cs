using System.Net;

namespace AgentMesh.ActorHost.Outgoing;

/// <summary>Says what addresses a host has.</summary>
internal interface IHostResolver
{
    /// <summary>Asks once. An address written as a host is itself.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name has none, or nobody says so.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>The machine's own resolver.</summary>
internal sealed class SystemResolver : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
