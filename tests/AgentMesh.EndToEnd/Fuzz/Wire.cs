using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>What came of a request.</summary>
/// <param name="Status">0: the connection ended without an answer; -1: nothing came in time.</param>
/// <param name="Headers">By their names without case.</param>
/// <param name="Body">Of a stream that goes on, what has come so far.</param>
/// <param name="IsWhole">False when the connection ended, or the patience, before the body did.</param>
internal sealed record Answer(int Status, ILookup<string, string> Headers, byte[] Body, bool IsWhole)
{
    public const int Closed = 0;
    public const int Hung = -1;

    private static readonly ILookup<string, string> None = Array.Empty<string>().ToLookup(name => name);

    public string Text => Encoding.UTF8.GetString(Body);

    public string ContentType => Headers["content-type"].FirstOrDefault() ?? "";

    public static Answer Without(int status) => new(status, None, [], false);
}

/// <summary>A plain connection to the gateway: what no HTTP client would send, it sends.</summary>
internal sealed class Wire : IDisposable
{
    /// <summary>Longer than this nobody waits for an answer: it counts as a hang.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The same for a payment: the payments app answers 503 when it has waited 30 s for an outcome (<c>docs/limits.md</c>).</summary>
    public static readonly TimeSpan PatienceOfPayments = TimeSpan.FromSeconds(35);

    // Some event streams have no end; what has come by then is their answer.
    private static readonly TimeSpan StreamPatience = TimeSpan.FromSeconds(2);

    private const string StreamType = "text/event-stream";

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private Wire(Socket socket) => _socket = socket;

    public static async Task<Wire> ConnectAsync(Uri gateway)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(gateway.Host, gateway.Port, TestContext.Current.CancellationToken);
        return new Wire(socket);
    }

    /// <summary>Sends bytes and, when they are all that will come, says so.</summary>
    public async Task SendAsync(byte[] bytes, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;)
                sent += await _socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
            if (isLast)
                _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It may answer, and close, before it has read everything: its answer is there to be read.
        }
    }

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="bytes">The request.</param>
    /// <param name="method">Its method: some answers have no body.</param>
    /// <param name="isLast">Nothing will come after it.</param>
    /// <param name="patience">How long an answer may take.</param>
    public async Task<Answer> ExchangeAsync(byte[] bytes, string method, bool isLast, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience);
        try
        {
            // Both at once: a server that answers early must not wait for a client that does not read.
            var sending = SendAsync(bytes, isLast, limit.Token);
            var answer = await ReadAnswerAsync(method, limit);
            await (answer.Status == Answer.Closed || !answer.IsWhole ? Task.CompletedTask : sending);
            return answer;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return Answer.Without(Answer.Hung);
        }
    }

    /// <summary>At least so many bytes, or fewer at the end.</summary>
    public async Task<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var read = 0;
            try
            {
                read = _end == _buffer.Length ? 0 : await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
            }
            catch (SocketException)
            {
                // Reset.
            }

            if (read == 0)
                return false;
            _end += read;
        }

        return true;
    }

    public byte Peek(int at) => _buffer[_start + at];

    public byte[] Take(int count)
    {
        var taken = _buffer.AsSpan(_start, count).ToArray();
        _start += count;
        return taken;
    }

    public void Dispose() => _socket.Dispose();

    private async Task<Answer> ReadAnswerAsync(string method, CancellationTokenSource limit)
    {
        while (true)
        {
            if (await ReadLineAsync(limit.Token) is not { Length: > 0 } line)
                return Answer.Without(Answer.Closed);
            var status = line.Length >= 12 && int.TryParse(line.AsSpan(9, 3), CultureInfo.InvariantCulture, out var code) ? code : Answer.Closed;
            var headers = new List<(string Name, string Value)>();
            while (await ReadLineAsync(limit.Token) is { Length: > 0 } header)
                headers.Add((header[..Math.Max(0, header.IndexOf(':', StringComparison.Ordinal))].ToLowerInvariant(), header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));
            if (status is >= 100 and < 200 and not 101)
                continue;
            var answer = new Answer(status, headers.ToLookup(header => header.Name, header => header.Value), [], true);
            if (status is 101 or 204 or 304 || method == "HEAD")
                return answer;
            // An agent's events have no end, and are none of what is looked at.
            return method == "GET" && answer.ContentType.StartsWith(StreamType, StringComparison.Ordinal) ? answer with { IsWhole = false } : await ReadBodyAsync(answer, limit);
        }
    }

    private async Task<Answer> ReadBodyAsync(Answer answer, CancellationTokenSource limit)
    {
        using var body = new MemoryStream();
        var isStream = answer.ContentType.StartsWith(StreamType, StringComparison.Ordinal);
        if (isStream)
            limit.CancelAfter(StreamPatience);
        var isWhole = false;
        try
        {
            if (answer.Headers["content-length"].FirstOrDefault() is { } length)
                isWhole = await CopyAsync(int.Parse(length, CultureInfo.InvariantCulture), body, limit.Token);
            else if (answer.Headers["transfer-encoding"].Any())
                isWhole = await ReadChunksAsync(body, limit.Token);
            else
                await CopyAsync(int.MaxValue, body, limit.Token);
        }
        catch (OperationCanceledException) when (isStream && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            // It goes on.
        }

        return answer with { Body = body.ToArray(), IsWhole = isWhole };
    }

    private async Task<bool> ReadChunksAsync(MemoryStream body, CancellationToken cancellationToken)
    {
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            var size = int.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
                return await ReadLineAsync(cancellationToken) is not null;
            if (!await CopyAsync(size, body, cancellationToken) || await ReadLineAsync(cancellationToken) is null)
                return false;
        }

        return false;
    }

    private async Task<bool> CopyAsync(int count, MemoryStream body, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (!await FillAsync(1, cancellationToken))
                return false;
            var taken = Math.Min(count, _end - _start);
            body.Write(_buffer, _start, taken);
            _start += taken;
            count -= taken;
        }

        return true;
    }

    // Null at the end.
    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        for (var looked = 0; ;)
        {
            var at = _buffer.AsSpan(_start + looked, _end - _start - looked).IndexOf((byte)'\n');
            if (at >= 0)
                return Encoding.Latin1.GetString(Take(looked + at + 1)).TrimEnd('\r', '\n');
            looked = _end - _start;
            if (!await FillAsync(looked + 1, cancellationToken))
                return null;
        }
    }
}
