using AgentMesh.Sidecar.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.Sidecar.Tests.State;

public sealed class SqliteWriterTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteWriter _writer;

    public SqliteWriterTests()
    {
        _database = SqliteSchema.OpenWriter(_folder.File("state.db"), new SqliteStoreOptions());
        _writer = new SqliteWriter(_database, new SqliteStoreOptions(), () => { }, NullLogger.Instance);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task QueuedTransaction_Cancelled_IsWithdrawn_AndItsNeighboursAreWritten()
    {
        using var cancellation = new CancellationTokenSource();
        _writer.Pause();
        var before = WriteAsync("before", TestContext.Current.CancellationToken);
        var withdrawn = WriteAsync("withdrawn", cancellation.Token);
        var after = WriteAsync("after", TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => withdrawn);
        _writer.Resume(logIsEmpty: false);

        await before;
        await after;
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task WrittenTransaction_CancelledAfterwards_StaysWritten()
    {
        using var cancellation = new CancellationTokenSource();
        var written = WriteAsync("k", cancellation.Token);
        await written;
        await cancellation.CancelAsync();
        Assert.Equal(1, await CountAsync());
    }

    private Task WriteAsync(string key, CancellationToken cancellationToken) =>
        _writer.WriteAsync(new StateWrite([new StateOperation(key, [1])], TimeProvider.System, cancellationToken), cancellationToken);

    private async Task<long?> CountAsync()
    {
        await _writer.DisposeAsync();
        return _database.QueryInteger("SELECT count(*) FROM state");
    }
}
