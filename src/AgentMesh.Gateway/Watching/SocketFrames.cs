using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// Frames from the server to a WebSocket client, with their headers (RFC 6455, 5.2: not masked). Made here and not by
/// <see cref="WebSocket"/>, because a frame made once serves all sockets of an agent.
/// </summary>
internal static class SocketFrames
{
    private const byte FinalText = 0x81;
    private const byte FinalClose = 0x88;
    private const byte FinalPing = 0x89;
    private const int MaxShort = 125;

    /// <summary>
    /// <c>{"type":"ping"}</c> and a ping of the protocol: a client that only listens does not answer the first, but its library answers
    /// the second.
    /// </summary>
    public static byte[] Ping { get; } = [.. Text("""{"type":"ping"}"""u8), FinalPing, 0];

    /// <summary>A ping of the protocol alone.</summary>
    public static byte[] ProtocolPing { get; } = [FinalPing, 0];

    public static byte[] Pong { get; } = Text("""{"type":"pong"}"""u8);

    /// <summary>A text frame.</summary>
    public static byte[] Text(ReadOnlySpan<byte> payload)
    {
        var header = payload.Length <= MaxShort ? 2 : payload.Length <= ushort.MaxValue ? 4 : 10;
        var frame = new byte[header + payload.Length];
        frame[0] = FinalText;
        switch (header)
        {
            case 2:
                frame[1] = (byte)payload.Length;
                break;
            case 4:
                frame[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
                break;
            default:
                frame[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), payload.Length);
                break;
        }

        payload.CopyTo(frame.AsSpan(header));
        return frame;
    }

    /// <summary>A close frame; without a status when the other side gave none.</summary>
    public static byte[] Close(WebSocketCloseStatus? status, string reason)
    {
        if (status is not { } code || code == WebSocketCloseStatus.Empty)
            return [FinalClose, 0];
        var length = 2 + Encoding.UTF8.GetByteCount(reason);
        var frame = new byte[2 + length];
        frame[0] = FinalClose;
        frame[1] = (byte)length;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)code);
        Encoding.UTF8.GetBytes(reason, frame.AsSpan(4));
        return frame;
    }
}
