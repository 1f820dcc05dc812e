using System.Net;
using System.Net.Sockets;

namespace AgentMesh.Sidecar.Tests.Runtime;

internal static class TestPorts
{
    /// <summary>A port that was free on both loopback addresses a moment ago, and that this process has not handed out before.</summary>
    public static int Next()
    {
        while (true)
        {
            using var v4 = new TcpListener(IPAddress.Loopback, 0);
            v4.Start();
            var port = ((IPEndPoint)v4.LocalEndpoint).Port;
            try
            {
                using var v6 = new TcpListener(IPAddress.IPv6Loopback, port);
                v6.Start();
            }
            catch (SocketException)
            {
                continue;
            }

            lock (Given)
            {
                if (Given.Add(port))
                    return port;
            }
        }
    }

    private static readonly HashSet<int> Given = [];
}
