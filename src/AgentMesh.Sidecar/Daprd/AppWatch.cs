using System.Net.Sockets;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>
/// Notices that the app's process is gone: a connection that is kept open breaks with it, and its port refuses. With health checks or
/// without; daprd itself notices nothing without them.
/// </summary>
internal static class AppWatch
{
    /// <summary>For an app that closes each connection at once.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Completes when the process is gone.</summary>
    public static async Task WaitForEndAsync(AppDefinition app, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var owner = PortOwner.Find(app.AppPort)?.ProcessId;
        var buffer = new byte[1];
        while (true)
        {
            var since = timeProvider.GetTimestamp();
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(app.ChannelAddress, app.AppPort, cancellationToken);
            }
            catch (SocketException)
            {
                return;
            }

            if (await IsClosedAsync(socket, buffer, cancellationToken) && PortOwner.Find(app.AppPort)?.ProcessId != owner)
                return;
            // It lives, and had enough of an idle connection.
            if (timeProvider.GetElapsedTime(since) < LeastInterval)
                await Task.Delay(LeastInterval, timeProvider, cancellationToken);
        }
    }

    private static async Task<bool> IsClosedAsync(Socket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, cancellationToken) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
