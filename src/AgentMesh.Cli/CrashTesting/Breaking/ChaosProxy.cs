using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AgentMesh.CrashKit.Seeds;

namespace AgentMesh.Cli.CrashTesting.Breaking;

/// <summary>
/// Between the clients and the gateways: takes each connection to the next gateway that takes it, as a load balancer does, and cuts and slows what goes through.
/// It sees bytes only, so TLS goes through it too.
/// </summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    private const int BufferBytes = 16 * 1024;
    private const int Backlog = 512;

    /// <summary>While connections are slow each piece of what they carry waits so long at most.</summary>
    private const int LongestDelayMs = 250;

    private readonly Func<IReadOnlyList<DnsEndPoint>> _gateways;
    private readonly TimeProvider _time;
    private readonly SeededRandom _random;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _accepting;
    private int _turn;
    private volatile bool _isSlow;

    /// <param name="gateways">Where gateways are now.</param>
    /// <param name="random">Decides how slow is slow.</param>
    /// <param name="time">The clock.</param>
    public ChaosProxy(Func<IReadOnlyList<DnsEndPoint>> gateways, SeededRandom random, TimeProvider time)
    {
        (_gateways, _random, _time) = (gateways, random, time);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(Backlog);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>What goes through is slow, or is not.</summary>
    public bool IsSlow
    {
        get => _isSlow;
        set => _isSlow = value;
    }

    /// <summary>Cuts all connections: both ends are told that it was reset, whatever was on the way.</summary>
    /// <returns>How many there were.</returns>
    public int Cut()
    {
        Socket[] open = [.. _open.Keys];
        foreach (var socket in open)
            Abort(socket);
        return open.Length / 2;
    }

    /// <summary>A handler whose connections all go through here, whatever the address of the request is.</summary>
    public SocketsHttpHandler Through(SocketsHttpHandler handler)
    {
        handler.UseProxy = false;
        handler.ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(EndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        return handler;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        Cut();
        await _accepting;
        _listener.Dispose();
        _ended.Dispose();
    }

    private static void Abort(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // It was closed by its own end meanwhile.
        }

        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        HashSet<Task> serving = [];
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_ended.Token);
                serving.RemoveWhere(task => task.IsCompleted);
                serving.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            Cut();
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket client)
    {
        _open[client] = true;
        var server = await ConnectAsync();
        if (server is not null)
        {
            _open[server] = true;
            (client.NoDelay, server.NoDelay) = (true, true);
            // One that is cut while it connects is found by nobody else.
            if (!_ended.IsCancellationRequested)
                await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
            _open.TryRemove(server, out _);
            Abort(server);
        }

        _open.TryRemove(client, out _);
        Abort(client);
    }

    // A gateway that was killed refuses at once; one that is paused takes connections, and does not answer.
    private async Task<Socket?> ConnectAsync()
    {
        var gateways = _gateways();
        var first = (uint)Interlocked.Increment(ref _turn);
        for (var n = 0; n < gateways.Count; n++)
        {
            var gateway = gateways[(int)((first + (uint)n) % (uint)gateways.Count)];
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await server.ConnectAsync(gateway, _ended.Token);
                return server;
            }
            catch (Exception refused) when (refused is SocketException or OperationCanceledException)
            {
                server.Dispose();
            }
        }

        return null;
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(), _ended.Token) is var read and > 0)
            {
                if (_isSlow)
                    await Task.Delay(NextDelay(), _time, _ended.Token);
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _ended.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The other direction has nobody to talk to any more.
            Abort(from);
            Abort(to);
        }
    }

    private TimeSpan NextDelay()
    {
        lock (_random)
            return TimeSpan.FromMilliseconds(_random.Next(LongestDelayMs));
    }
}
