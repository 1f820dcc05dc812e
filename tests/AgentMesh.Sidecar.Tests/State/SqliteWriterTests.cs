using AgentMesh.Sidecar.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.Sidecar.Tests.State;

public sealed class SqliteWriterTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteCheckpointer _checkpointer;
    private readonly SqliteWriter _writer;

    public SqliteWriterTests()
    {
        _database = SqliteSchema.OpenWriter(_folder.File("state.db"), new SqliteStoreOptions());
        _checkpointer = new SqliteCheckpointer(_folder.File("state.db"), new SqliteStoreOptions(), NullLogger.Instance);
        _writer = new SqliteWriter(_database, new SqliteStoreOptions(), _checkpointer, NullLogger.Instance);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _database.Dispose();
        _checkpointer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task QueuedTransaction_Cancelled_IsWithdrawn_AndItsNeighboursAreWritten()
    {
        using var cancellation = new CancellationTokenSource();
        using var held = new ManualResetEventSlim();
        var holds = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = _writer.WriteAsync(new SqliteWrite(_ => Hold(), 0, CancellationToken.None), CancellationToken.None);
        await holds.Task;
        var before = WriteAsync("before", TestContext.Current.CancellationToken);
        var withdrawn = WriteAsync("withdrawn", cancellation.Token);
        var after = WriteAsync("after", TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => withdrawn);
        held.Set();

        await holder;
        await before;
        await after;
        Assert.Equal(2, await CountAsync());

        void Hold()
        {
            holds.TrySetResult();
            held.Wait();
        }
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
        _writer.WriteAsync(new SqliteWrite(database => database.Run("INSERT INTO state(key, data, version) VALUES(?1, ?2, 1)", key, new byte[1]), 1, cancellationToken), cancellationToken);

    private async Task<long?> CountAsync()
    {
        await _writer.DisposeAsync();
        return _database.QueryInteger("SELECT count(*) FROM state");
    }
}
