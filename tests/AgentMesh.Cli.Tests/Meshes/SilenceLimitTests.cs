using System.IO.Pipelines;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Cli.Tests.Meshes;

/// <summary>The gateway comments every 30 s; from a machine that is gone nothing comes, and no end either.</summary>
public sealed class SilenceLimitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));

    [Fact]
    public async Task Silence_IsAnEnd_AndEachByteBeginsItAnew()
    {
        await using var stream = new SilenceLimit(_pipe.Reader.AsStream(), TimeSpan.FromSeconds(90), _time);
        var cancellationToken = TestContext.Current.CancellationToken;
        var first = stream.ReadAsync(new byte[10], cancellationToken);
        _time.Advance(TimeSpan.FromSeconds(89));
        await _pipe.Writer.WriteAsync(new byte[1], cancellationToken);
        Assert.Equal(1, await first);
        var second = stream.ReadAsync(new byte[10], cancellationToken).AsTask();
        _time.Advance(TimeSpan.FromSeconds(89));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<IOException>(() => second);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task Event_IsBounded(int more, bool isRefused)
    {
        const int MaxBytes = 16 * 1_048_576;
        await using var stream = new SilenceLimit(new MemoryStream(new byte[(2 * MaxBytes) + more]), TimeSpan.FromSeconds(90), _time);
        var cancellationToken = TestContext.Current.CancellationToken;
        var buffer = new byte[MaxBytes];
        Assert.Equal(MaxBytes, await stream.ReadAsync(buffer, cancellationToken));
        stream.EndEvent();
        Assert.Equal(MaxBytes, await stream.ReadAsync(buffer, cancellationToken));
        var last = stream.ReadAsync(buffer, cancellationToken).AsTask();
        if (isRefused)
            await Assert.ThrowsAsync<CliException>(() => last);
        else
            Assert.Equal(0, await last);
    }
}
