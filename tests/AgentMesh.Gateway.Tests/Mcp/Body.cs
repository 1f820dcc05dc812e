using System.Text;
using System.Threading.Channels;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>A body that tells what was written to it, write by write.</summary>
internal sealed class Body : MemoryStream
{
    private readonly Channel<string> _writes = Channel.CreateUnbounded<string>();

    public bool IsEmpty => !_writes.Reader.TryPeek(out _);

    public async Task<string> NextAsync() => await _writes.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _writes.Writer.WriteAsync(Encoding.UTF8.GetString(buffer.Span), cancellationToken);
    }
}
