using System.Net;
using System.Net.Sockets;
using AgentMesh.ActorHost.Outgoing;

namespace AgentMesh.ActorHost.Tests.Outgoing;

/// <summary>Names and addresses as a test says. Addresses written as hosts are themselves.</summary>
internal sealed class FakeResolver : IHostResolver
{
    private readonly Dictionary<string, Queue<IPAddress[]>> _hosts = new(StringComparer.Ordinal);

    /// <summary>How often a name was asked for.</summary>
    public int Asked { get; private set; }

    public IPAddress[] this[string host]
    {
        set => Then(host, value);
    }

    /// <summary>What each next question is answered with; the last answer stays.</summary>
    public void Then(string host, params IPAddress[][] answers) => _hosts[host] = new Queue<IPAddress[]>(answers);

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var address))
            return Task.FromResult<IPAddress[]>([address]);
        Asked++;
        if (!_hosts.TryGetValue(host, out var answers))
            return Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
        return Task.FromResult(answers.Count > 1 ? answers.Dequeue() : answers.Peek());
    }
}
