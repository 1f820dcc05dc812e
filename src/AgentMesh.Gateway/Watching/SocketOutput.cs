using System.Buffers;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// What goes to one socket, one write at a time. A write waits until the client takes it, so that nothing piles up here; how long it
/// has waited is for the clock to judge.
/// </summary>
internal sealed class SocketOutput(Stream stream, TimeProvider timeProvider) : IDisposable
{
    // Frames that are due together go out in one write of at most about this size.
    private const int BatchBytes = 32 * 1024;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _waitingSince;
    private int _isClosed;

    /// <summary>Sends a frame.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // After a close frame nothing may follow (RFC 6455, 5.5.1).
            if (_isClosed == 0)
                await WriteAsync(frame, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Sends the frames of events.</summary>
    public async ValueTask SendAsync(WatchedEvent[] events, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < events.Length;)
        {
            var (count, bytes) = NextBatch(events.AsSpan(sent));
            if (count == 1)
            {
                await SendAsync(events[sent].Frame, cancellationToken);
            }
            else
            {
                var rented = ArrayPool<byte>.Shared.Rent(bytes);
                var length = 0;
                foreach (var next in events.AsSpan(sent, count))
                {
                    next.Frame.CopyTo(rented, length);
                    length += next.Frame.Length;
                }

                try
                {
                    await SendAsync(rented.AsMemory(0, length), cancellationToken);
                }
                finally
                {
                    // Cleared: it held what a user said.
                    ArrayPool<byte>.Shared.Return(rented, clearArray: true);
                }
            }

            sent += count;
        }
    }

    /// <summary>Ends with a close frame, once; nothing follows it.</summary>
    public async ValueTask CloseAsync(byte[] frame, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (Interlocked.Exchange(ref _isClosed, 1) == 0)
                await WriteAsync(frame, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Puts a close frame behind a write that hangs: what hangs is in the server's buffer already and waits for the client, who then
    /// still learns why it was given up. The server's buffer takes writes in turn, whoever makes them.
    /// </summary>
    public Task CloseBehindAsync(byte[] frame, CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _isClosed, 1) == 0 ? stream.WriteAsync(frame, cancellationToken).AsTask() : Task.CompletedTask;

    /// <summary>True when a write has waited for this long.</summary>
    public bool HasWaited(TimeSpan limit, long now) =>
        Volatile.Read(ref _waitingSince) is not 0 and var since && timeProvider.GetElapsedTime(since, now) >= limit;

    public void Dispose() => _gate.Dispose();

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var write = stream.WriteAsync(frame, cancellationToken);
        if (write.IsCompletedSuccessfully)
            return;
        Volatile.Write(ref _waitingSince, timeProvider.GetTimestamp());
        try
        {
            await write;
        }
        finally
        {
            Volatile.Write(ref _waitingSince, 0);
        }
    }

    private static (int Count, int Bytes) NextBatch(ReadOnlySpan<WatchedEvent> events)
    {
        var (count, bytes) = (1, events[0].Frame.Length);
        while (count < events.Length && bytes + events[count].Frame.Length <= BatchBytes)
            bytes += events[count++].Frame.Length;
        return (count, bytes);
    }
}
