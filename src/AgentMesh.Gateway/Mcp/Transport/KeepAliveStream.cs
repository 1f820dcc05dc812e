namespace AgentMesh.Gateway.Mcp.Transport;

/// <summary>
/// The body of an event stream that says something when the tool is silent: comments (HTML, 9.2.6), between events only. The SDK has no keep-alive, and
/// clients and proxies take silence for a dead connection.
/// </summary>
internal sealed class KeepAliveStream : Stream
{
    private static readonly byte[] Comment = ": keep-alive\n\n"u8.ToArray();

    private readonly Stream _body;
    private readonly HttpResponse _response;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _timeProvider;
    private readonly PeriodicTimer _timer;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Task _beating;
    private long _sentAt;
    private bool _isBetweenEvents = true;

    /// <summary>Wraps the body of a response, which stays its own.</summary>
    public KeepAliveStream(HttpResponse response, TimeSpan interval, TimeProvider timeProvider)
    {
        (_response, _body, _interval, _timeProvider) = (response, response.Body, interval, timeProvider);
        _sentAt = timeProvider.GetTimestamp();
        _timer = new PeriodicTimer(interval, timeProvider);
        _beating = BeatAsync(response.HttpContext.RequestAborted);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _body.WriteAsync(buffer, cancellationToken);
            _isBetweenEvents = buffer.Span.EndsWith("\n\n"u8);
            _sentAt = _timeProvider.GetTimestamp();
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _body.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _beating;
        _writing.Dispose();
        await base.DisposeAsync();
    }

    public override void Flush() => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task BeatAsync(CancellationToken aborted)
    {
        try
        {
            // Ends with the stream, which disposes the timer.
            while (await _timer.WaitForNextTickAsync(CancellationToken.None))
                await SayAsync(aborted);
        }
        catch (Exception fault) when (aborted.IsCancellationRequested && fault is OperationCanceledException or IOException)
        {
            // The client is gone: whoever writes next is told so.
            return;
        }
    }

    private async Task SayAsync(CancellationToken aborted)
    {
        await _writing.WaitAsync(aborted);
        try
        {
            // Before the headers are out, the answer may still become one of another type.
            if (!_response.HasStarted || !_isBetweenEvents || _timeProvider.GetElapsedTime(_sentAt) < _interval || !IsEventStream(_response.ContentType))
                return;
            await _body.WriteAsync(Comment, aborted);
            await _body.FlushAsync(aborted);
            _sentAt = _timeProvider.GetTimestamp();
        }
        finally
        {
            _writing.Release();
        }
    }

    private static bool IsEventStream(string? contentType) => contentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;
}
