using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentMesh.Bench;

/// <summary>
/// One keep-alive HTTP/1.1 connection that posts messages. Written on a socket because the load generator shares the cores with what
/// it measures: HttpClient would cost as much as a hop of the mesh.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly string _host;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _bodyStart;
    private int _status;

    private LoadConnection(string host) => _host = host;

    public static async Task<LoadConnection> OpenAsync(Uri gateway, CancellationToken cancellationToken)
    {
        var connection = new LoadConnection(gateway.Authority);
        await connection._socket.ConnectAsync(IPAddress.Parse(gateway.Host), gateway.Port, cancellationToken);
        return connection;
    }

    /// <summary>Posts one message and reads the answer to its end.</summary>
    /// <exception cref="InvalidOperationException">The answer was not 200: a benchmark of errors is none.</exception>
    public async Task PostAsync(string user, string content, CancellationToken cancellationToken)
    {
        var body = $$"""{"content":"{{content}}"}""";
        await ExchangeAsync(
            $"POST /agent/{user}/message HTTP/1.1\r\nHost: {_host}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}",
            cancellationToken);
    }

    /// <summary>Sends a message to another agent and reads the answer to its end.</summary>
    /// <returns>Whether it was taken; false: the sender has sent as many as it may.</returns>
    /// <exception cref="InvalidOperationException">The answer was another one.</exception>
    public async Task<bool> SendAsync(string from, string to, string content, CancellationToken cancellationToken)
    {
        var body = $$"""{"to":"{{to}}","content":"{{content}}"}""";
        await ExchangeAsync(
            $"POST /agent/{from}/send HTTP/1.1\r\nHost: {_host}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}",
            cancellationToken, 202, 429);
        return _status == 202;
    }

    /// <summary>Calls the MCP tool <c>send_message</c> and reads the answer to its end.</summary>
    /// <exception cref="InvalidOperationException">The answer was not 200, or not the tool's.</exception>
    public async Task CallSendMessageAsync(string user, string content, CancellationToken cancellationToken)
    {
        var body = $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"send_message","arguments":{"content":"{{{{content}}}}"}}}""";
        var length = await ExchangeAsync(
            $"POST /agent/{user}/mcp HTTP/1.1\r\nHost: {_host}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n" +
            $"MCP-Protocol-Version: 2025-11-25\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}",
            cancellationToken);
        if (_buffer.AsSpan(_bodyStart, length).IndexOf("\"structuredContent\""u8) < 0)
            throw new InvalidOperationException($"The tool answered {Encoding.UTF8.GetString(_buffer, _bodyStart, length)}.");
    }

    /// <summary>Gets a path and reads the answer to its end; the length of its body.</summary>
    public Task<int> GetAsync(string path, CancellationToken cancellationToken) =>
        ExchangeAsync($"GET {path} HTTP/1.1\r\nHost: {_host}\r\n\r\n", cancellationToken);

    public void Dispose() => _socket.Dispose();

    private async Task<int> ExchangeAsync(string request, CancellationToken cancellationToken, params int[] statuses)
    {
        var length = Encoding.UTF8.GetBytes(request, _buffer);
        for (var sent = 0; sent < length;)
            sent += await _socket.SendAsync(_buffer.AsMemory(sent, length - sent), cancellationToken);

        var received = 0;
        var headerEnd = -1;
        while (headerEnd < 0)
        {
            received += await ReceiveAsync(received, cancellationToken);
            headerEnd = _buffer.AsSpan(0, received).IndexOf("\r\n\r\n"u8);
        }

        var head = Encoding.ASCII.GetString(_buffer, 0, headerEnd);
        _status = int.Parse(head.AsSpan("HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        if (statuses.Length == 0 ? _status != 200 : !statuses.Contains(_status))
            throw new InvalidOperationException($"The gateway answered {head.Split('\r')[0]}.");
        var bodyStart = _bodyStart = headerEnd + 4;
        return head.Contains("chunked", StringComparison.OrdinalIgnoreCase)
            ? await ReadChunkedAsync(bodyStart, received, cancellationToken)
            : await ReadSizedAsync(ContentLength(head), received - bodyStart, cancellationToken);
    }

    private static int ContentLength(string head)
    {
        const string Name = "content-length:";
        var start = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase) + Name.Length;
        var end = head.IndexOf('\r', start);
        return int.Parse(head.AsSpan(start, (end < 0 ? head.Length : end) - start), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    private async Task<int> ReadSizedAsync(int length, int have, CancellationToken cancellationToken)
    {
        while (have < length)
            have += await ReceiveAsync(_bodyStart + have, cancellationToken);
        return length;
    }

    // The last chunk ends the answer; no trailers are sent by the gateway.
    private async Task<int> ReadChunkedAsync(int bodyStart, int received, CancellationToken cancellationToken)
    {
        while (!_buffer.AsSpan(bodyStart, received - bodyStart).EndsWith("0\r\n\r\n"u8))
            received += await ReceiveAsync(received, cancellationToken);
        return received - bodyStart;
    }

    private async Task<int> ReceiveAsync(int at, CancellationToken cancellationToken)
    {
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(at), cancellationToken);
        return read > 0 ? read : throw new IOException("The gateway closed the connection.");
    }
}
