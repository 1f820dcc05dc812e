using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Meshes;

/// <summary>The bytes of an event stream, which ends when nothing came for so long: the gateway sends a comment every 30 s, so nobody is there any more.</summary>
/// <param name="inner">The bytes.</param>
/// <param name="longest">How long nothing may come.</param>
/// <param name="time">The clock.</param>
internal sealed class SilenceLimit(Stream inner, TimeSpan longest, TimeProvider time) : Stream
{
    private const int MaxEventBytes = 16 * 1_048_576;

    private int _bytes;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>An event is complete, and the next one may be as long.</summary>
    public void EndEvent() => _bytes = 0;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var silence = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            var read = await inner.ReadAsync(buffer, either.Token);
            return (_bytes += read) <= MaxEventBytes ? read : throw new CliException($"an event of the gateway is longer than {MaxEventBytes} bytes");
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"nothing came for {longest.TotalSeconds} s");
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }
}
