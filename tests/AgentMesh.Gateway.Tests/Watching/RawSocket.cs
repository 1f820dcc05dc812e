using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>A client that reads only when told and never answers by itself, which no library's does.</summary>
internal sealed class RawSocket : IDisposable
{
    private readonly TcpClient _client = new() { ReceiveBufferSize = 4096 };
    private readonly NetworkStream _stream;

    private RawSocket(int port)
    {
        _client.Connect(IPAddress.Loopback, port);
        _stream = _client.GetStream();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Connects, and takes the welcome.</summary>
    public static async Task<RawSocket> ConnectAsync(GatewayServer gateway, string user = "alice")
    {
        var socket = new RawSocket(gateway.Port);
        var request = $"GET /agent/{user} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.Port}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await socket._stream.WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        var headers = new StringBuilder();
        while (!headers.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            headers.Append((char)(await socket.ReadAsync(1))[0]);
        Assert.StartsWith("HTTP/1.1 101 ", headers.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"welcome\"", await socket.NextTextAsync(), StringComparison.Ordinal);
        return socket;
    }

    /// <summary>The next text frame.</summary>
    public async Task<string> NextTextAsync()
    {
        var (opcode, payload) = await NextAsync();
        Assert.Equal(1, opcode);
        return Encoding.UTF8.GetString(payload);
    }

    /// <summary>Reads to the close.</summary>
    public async Task<(int TextFrames, (int Code, string Reason) Close)> ToCloseAsync()
    {
        for (var frames = 0; ;)
        {
            var (opcode, payload) = await NextAsync();
            if (opcode == 8)
                return (frames, (BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload.AsSpan(2))));
            frames += opcode == 1 ? 1 : 0;
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<(int Opcode, byte[] Payload)> NextAsync()
    {
        var header = await ReadAsync(2);
        Assert.Equal(0x80, header[0] & 0xf0);
        var length = header[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)),
            127 => (int)BinaryPrimitives.ReadInt64BigEndian(await ReadAsync(8)),
            var small => small,
        };
        return (header[0] & 0x0f, await ReadAsync(length));
    }

    private async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await _stream.ReadExactlyAsync(bytes, Token);
        return bytes;
    }
}
