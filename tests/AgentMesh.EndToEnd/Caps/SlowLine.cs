using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace AgentMesh.EndToEnd.Caps;

/// <summary>A line to a server that takes its time: every byte arrives so much later, in order, in both directions.</summary>
internal sealed class SlowLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly IPEndPoint _server;
    private readonly TimeSpan _delay;

    /// <param name="server"><c>HOST:PORT</c>.</param>
    /// <param name="delay">In one direction.</param>
    public SlowLine(string server, TimeSpan delay)
    {
        (_server, _delay) = (IPEndPoint.Parse(server), delay);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Endpoint => _listener.LocalEndpoint.ToString()!;

    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_ended.Token));
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(_server, _ended.Token);
                await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException)
            {
                // One end is gone, and with it the line.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var waiting = Channel.CreateUnbounded<(long At, byte[] Bytes)>();
        var sending = SendAsync(waiting.Reader, to);
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.ReadAsync(buffer, _ended.Token) is > 0 and var count)
                waiting.Writer.TryWrite((TimeProvider.System.GetTimestamp(), buffer[..count]));
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // One end is gone, and with it the line.
        }

        waiting.Writer.Complete();
        await sending;
    }

    private async Task SendAsync(ChannelReader<(long At, byte[] Bytes)> waiting, NetworkStream to)
    {
        try
        {
            await foreach (var (at, bytes) in waiting.ReadAllAsync(_ended.Token))
            {
                var left = _delay - TimeProvider.System.GetElapsedTime(at);
                if (left > TimeSpan.Zero)
                    await Task.Delay(left, _ended.Token);
                await to.WriteAsync(bytes, _ended.Token);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // One end is gone, and with it the line.
        }
    }
}
