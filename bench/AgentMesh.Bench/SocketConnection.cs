using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentMesh.Bench;

/// <summary>One WebSocket of an agent, on a plain socket: what a client costs must not be mistaken for the gateway's.</summary>
internal sealed class SocketConnection : IDisposable
{
    /// <summary>RFC 6455, 5.3: clients mask. A mask of zeros is a mask, and costs nothing.</summary>
    private const int MaskBytes = 4;

    private const byte Text = 0x81;
    private const byte Ping = 0x89;

    /// <summary>An empty pong, masked.</summary>
    private static readonly byte[] Pong = [0x8a, 0x80, 0, 0, 0, 0];

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Connects and reads the welcome.</summary>
    public static async Task<SocketConnection> OpenAsync(Uri gateway, string user, CancellationToken cancellationToken)
    {
        var connection = new SocketConnection();
        await connection._socket.ConnectAsync(IPAddress.Parse(gateway.Host), gateway.Port, cancellationToken);
        var request = $"GET /agent/{user} HTTP/1.1\r\nHost: {gateway.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await connection._socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        int end;
        while ((end = connection._buffer.AsSpan(0, connection._end).IndexOf("\r\n\r\n"u8)) < 0)
            await connection.ReceiveAsync(cancellationToken);
        var head = Encoding.ASCII.GetString(connection._buffer, 0, end);
        if (!head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
            throw new InvalidOperationException($"The gateway answered {head.Split('\r')[0]}.");
        connection._start = end + 4;
        await connection.ReadAsync("\"welcome\"", cancellationToken);
        return connection;
    }

    /// <summary>Sends a frame of text.</summary>
    public async ValueTask SendAsync(string text, CancellationToken cancellationToken)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var extended = length < 126 ? 0 : 2;
        var frame = new byte[2 + extended + MaskBytes + length];
        frame[0] = Text;
        frame[1] = (byte)(0x80 | (extended == 0 ? length : 126));
        if (extended > 0)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)length);
        Encoding.UTF8.GetBytes(text, frame.AsSpan(2 + extended + MaskBytes));
        await _socket.SendAsync(frame, cancellationToken);
    }

    /// <summary>Reads frames until one has this text in it.</summary>
    public async ValueTask ReadAsync(string wanted, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(wanted);
        while (true)
        {
            if (Frame() is { } frame)
            {
                if (_buffer[_start] == Ping)
                    await _socket.SendAsync(Pong, cancellationToken);
                var found = _buffer.AsSpan(_start + frame.Header, frame.Length).IndexOf(bytes) >= 0;
                _start += frame.Header + frame.Length;
                if (found)
                    return;
                continue;
            }

            await ReceiveAsync(cancellationToken);
        }
    }

    public void Dispose() => _socket.Dispose();

    private (int Header, int Length)? Frame()
    {
        var bytes = _buffer.AsSpan(_start, _end - _start);
        if (bytes.Length < 2)
            return null;
        if (bytes[0] is not (Text or Ping))
            throw new InvalidOperationException($"The gateway sent a frame {bytes[0]:x2}.");
        var (header, length) = bytes[1] switch
        {
            < 126 => (2, bytes[1]),
            126 => (4, bytes.Length < 4 ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
            _ => throw new InvalidOperationException("A frame of the benchmark is not that long."),
        };
        return bytes.Length - header >= length ? (header, length) : null;
    }

    private async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += received > 0 ? received : throw new IOException("The gateway has closed the socket.");
    }
}
