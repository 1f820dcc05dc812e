using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentMesh.Bench;

/// <summary>
/// One keep-alive HTTP/1.1 connection to a Dapr port or to an app, for one thread: it blocks, so that an answer wakes the thread that measures and
/// no pool stands between.
/// </summary>
internal sealed class CallConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly string _headers;

    public CallConnection(int port)
    {
        _headers = $"Host: 127.0.0.1:{port}\r\ndapr-api-token: {Mesh.DaprToken}\r\nContent-Type: application/json\r\n";
        // A sidecar that stops answering must fail the benchmark, not hang it.
        _socket.ReceiveTimeout = 60_000;
        _socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>Sends and reads the answer to its end.</summary>
    /// <exception cref="InvalidOperationException">The answer was not 2xx: a benchmark of errors is none.</exception>
    public void Send(string method, string path, string body)
    {
        var length = Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\n{_headers}Content-Length: {body.Length}\r\n\r\n{body}", _buffer);
        _socket.Send(_buffer.AsSpan(0, length));

        var received = 0;
        int headerEnd;
        do
        {
            received += Receive(received);
            headerEnd = _buffer.AsSpan(0, received).IndexOf("\r\n\r\n"u8);
        }
        while (headerEnd < 0);

        var head = Encoding.ASCII.GetString(_buffer, 0, headerEnd);
        var end = headerEnd + 4 + ContentLength(head);
        while (received < end)
            received += Receive(received);
        if (!head.StartsWith("HTTP/1.1 2", StringComparison.Ordinal))
            throw new InvalidOperationException($"The server answered {Encoding.UTF8.GetString(_buffer, 0, received)}");
    }

    public void Dispose() => _socket.Dispose();

    private static int ContentLength(string head)
    {
        const string Name = "content-length:";
        var start = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        // 204 has none; the sidecar gives every other answer of these calls a length.
        if (start < 0)
            return 0;
        start += Name.Length;
        var end = head.IndexOf('\r', start);
        return int.Parse(head.AsSpan(start, (end < 0 ? head.Length : end) - start), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    private int Receive(int at)
    {
        var read = _socket.Receive(_buffer.AsSpan(at));
        return read > 0 ? read : throw new IOException("The sidecar closed the connection.");
    }
}
