namespace AgentMesh.Gateway.Watching;

/// <summary>
/// The upgraded connection. Notes when something was last read, of whatever kind: a pong of the protocol never shows above, and is as
/// good a sign of life as any.
/// </summary>
internal sealed class SocketStream(Stream inner, TimeProvider timeProvider) : Stream
{
    private long _lastRead = timeProvider.GetTimestamp();
    private bool _hasRead;

    /// <summary>About when something came: whoever has read asks for more.</summary>
    public long LastRead => Volatile.Read(ref _lastRead);

    /// <summary>Called when something has come, until it is taken away.</summary>
    public Action? Heard { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Volatile.Write(ref _lastRead, timeProvider.GetTimestamp());
        // Whoever reads again has got what it read before.
        if (_hasRead)
            Heard?.Invoke();
        _hasRead = true;
        return inner.ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
