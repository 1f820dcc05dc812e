using AgentMesh.Sidecar.State;
using Microsoft.Data.Sqlite;

namespace AgentMesh.Sidecar.Tests.State;

public sealed class SqliteStateStoreTests : StateStoreBehavior, IDisposable
{
    private const int MaxRowBytes = 2 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();
    private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Description_NamesTheFile()
    {
        await using var store = Open();
        Assert.Equal("sqlite:" + _folder.File("state.db"), store.Description);
    }

    [Fact]
    public async Task AcknowledgedWrite_IsInTheFilesAsTheyAre_WithoutAClose()
    {
        await using var store = Open();
        await Parallel.ForAsync(0, 64, Cancelled, async (i, cancellationToken) => await store.TransactAsync([Set($"k{i}", $"{i}")], cancellationToken));

        // What a kill -9 leaves: the copy is taken while the store is open.
        using var copy = new TemporaryFolder();
        foreach (var name in (string[])["state.db", "state.db-wal"])
            File.Copy(_folder.File(name), copy.File(name));
        await using var reopened = SqliteStateStore.Open(copy.Path, new LogList<SqliteStateStore>());
        for (var i = 0; i < 64; i++)
            Assert.Equal($"{i}", await TextAsync(reopened, $"k{i}"));
    }

    [Fact]
    public async Task FullDisk_FailsTheWholeCommit_AcknowledgesNothing_AndRecovers()
    {
        var log = new LogList<SqliteStateStore>();
        await using var store = SqliteStateStore.Open(_folder.Path, log, new SqliteStoreOptions { MaxPages = 64, MaxBatchTransactions = 2 });
        await store.TransactAsync([Set("kept", "1")], Cancelled);

        var writes = Enumerable.Range(0, 10).Select(i => store.TransactAsync([Set("kept", "2"), new StateOperation(Key($"big{i}"), new byte[1024 * 1024])], Cancelled)).ToList();
        foreach (var write in writes)
        {
            var exception = await Assert.ThrowsAsync<StateStoreException>(() => write);
            Assert.Contains("full", exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal("1", await TextAsync(store, "kept"));
        Assert.Null(await TextAsync(store, "big0"));
        await store.TransactAsync([Set("kept", "3")], Cancelled);
        Assert.Equal("3", await TextAsync(store, "kept"));
        Assert.Equal(2, await VersionOfAsync(Key("kept")));
        Assert.Equal(["Error", "Information"], log.Messages.Select(message => message.Split(':')[0]));
    }

    [Fact]
    public async Task FullDisk_RoomMadeByADeletion_IsUsed()
    {
        await using var store = Open(new SqliteStoreOptions { MaxPages = 64 });
        var value = new byte[150 * 1024];
        await store.TransactAsync([new StateOperation(Key("a"), value)], Cancelled);
        await Assert.ThrowsAsync<StateStoreException>(() => store.TransactAsync([new StateOperation(Key("b"), value)], Cancelled));
        await store.TransactAsync([Remove("a")], Cancelled);
        await store.TransactAsync([new StateOperation(Key("b"), value)], Cancelled);
        Assert.Equal(value, (await store.GetAsync(Key("b"), Cancelled))!.Value.Value);
    }

    [Fact]
    public async Task Log_UnderConstantLoad_StaysWithinItsLimitAndOneCommit()
    {
        const int Mebibyte = 1024 * 1024;
        var options = new SqliteStoreOptions { CheckpointBytes = Mebibyte / 4, MaxWalBytes = Mebibyte, MaxBatchTransactions = 64, MaxBatchBytes = Mebibyte / 4 };
        await using var store = Open(options);
        var log = new FileInfo(_folder.File("state.db-wal"));
        var largest = 0L;
        await Parallel.ForAsync(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancelled }, async (writer, cancellationToken) =>
        {
            for (var i = 0; i < 100; i++)
            {
                await store.TransactAsync([new StateOperation(Key($"k{writer}"), new byte[4000])], cancellationToken);
                lock (log)
                {
                    log.Refresh();
                    largest = Math.Max(largest, log.Length);
                }
            }
        });
        // 25 MB were written. One commit: 64 values of one overflowing page each, and the pages of the two trees.
        Assert.InRange(largest, 1, options.MaxWalBytes + Mebibyte);
        Assert.Equal(100, await VersionOfAsync(Key("k63")));
    }

    [Fact]
    public async Task Writer_IsNotStoppedByAForeignReaderThatHoldsTheLog()
    {
        await using var store = Open(new SqliteStoreOptions { CheckpointBytes = 64 * 1024, MaxWalBytes = 128 * 1024 });
        await store.TransactAsync([Set("k", "before")], Cancelled);
        await using var foreign = await ConnectAsync();
        await using var transaction = foreign.BeginTransaction(deferred: true);
        Assert.Equal(1L, await ScalarAsync(foreign, "SELECT version FROM state"));

        for (var i = 0; i < 50; i++)
            await store.TransactAsync([new StateOperation(Key($"k{i}"), new byte[10_000])], Cancelled);

        Assert.Equal(1L, await ScalarAsync(foreign, "SELECT count(*) FROM state"));
        Assert.NotNull(await TextAsync(store, "k49"));
    }

    [Fact]
    public async Task Dispose_WritesWhatIsQueued_AndLeavesOneFile()
    {
        var store = Open();
        var writes = Enumerable.Range(0, 500).Select(i => store.TransactAsync([Set($"k{i}", "1")], Cancelled)).ToList();
        await store.DisposeAsync();
        // Written, though whoever waits for it may still have to hear of it.
        await Task.WhenAll(writes);
        Assert.Equal(["state.db"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync(Key("k1"), Cancelled));
        await Assert.ThrowsAsync<StateStoreException>(() => store.TransactAsync([Set("k", "1")], Cancelled));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Queue_Full_MakesCallersWait_AndLosesNothing()
    {
        await using var store = Open(new SqliteStoreOptions { MaxQueued = 4, MaxBatchTransactions = 2 });
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => store.TransactAsync([Set("k", $"{i}")], Cancelled)));
        Assert.Equal(200, await VersionOfAsync(Key("k")));
    }

    [Fact]
    public async Task Readers_MoreThanConnections_AllAreServed()
    {
        await using var store = Open(new SqliteStoreOptions { MaxReaders = 2 });
        await store.TransactAsync([Set("k", "1")], Cancelled);
        await Parallel.ForAsync(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancelled },
            async (_, _) => Assert.Equal("1", await TextAsync(store, "k")));
    }

    [Fact]
    public async Task Open_LayoutOfANewerProgram_IsRefusedAndLeftAsItIs()
    {
        await Open().DisposeAsync();
        await using (var connection = await ConnectAsync())
            await ScalarAsync(connection, $"UPDATE meta SET value = {SqliteSchema.Version + 1} WHERE name = 'schema'");
        SqliteConnection.ClearAllPools();
        var before = await File.ReadAllBytesAsync(_folder.File("state.db"), Cancelled);

        var exception = Assert.Throws<StateStoreException>(() => Open());

        Assert.Contains($"version {SqliteSchema.Version + 1}", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.File("state.db"), Cancelled));
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "CREATE TABLE reminder(key TEXT PRIMARY KEY, body BLOB NOT NULL, type TEXT NOT NULL, due INTEGER NOT NULL, revision INTEGER NOT NULL);")]
    public async Task Open_LayoutOfAnOlderVersion_GetsTheTablesSince_AndKeepsTheState(int version, string tables)
    {
        await using (var connection = await ConnectAsync())
        {
            await ScalarAsync(connection, $"""
                CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
                CREATE TABLE state(key TEXT PRIMARY KEY, data BLOB NOT NULL, version INTEGER NOT NULL);
                INSERT INTO meta VALUES('schema', {version});
                {tables}
                """);
            await ScalarAsync(connection, $"INSERT INTO state VALUES('{Key("k")}', x'31', 7)");
        }

        SqliteConnection.ClearAllPools();
        for (var i = 0; i < 2; i++)
        {
            await using var store = Open();
            Assert.Equal("1", await TextAsync(store, "k"));
            Assert.Empty(await store.OpenReminders("default", "me").LoadPageAsync("T", DateTimeOffset.MaxValue, 0, 10, Cancelled));
        }

        await using var reopened = await ConnectAsync();
        Assert.Equal((long)SqliteSchema.Version, await ScalarAsync(reopened, "SELECT value FROM meta WHERE name = 'schema'"));
        Assert.Equal(0L, await ScalarAsync(reopened, "SELECT count(*) FROM event, consumer, pending"));
    }

    [Fact]
    public async Task Open_FileFromBeforeTimeToLive_GetsTheColumns()
    {
        await Open().DisposeAsync();
        await using (var connection = await ConnectAsync())
        {
            await ScalarAsync(connection, "DROP INDEX state_expires; ALTER TABLE state DROP COLUMN expires; ALTER TABLE state DROP COLUMN first_write");
            await ScalarAsync(connection, "INSERT INTO state(key, data, version) VALUES('k', x'31', 5)");
        }

        await using var store = Open();
        await store.TransactAsync([new StateOperation("k", "2"u8.ToArray()) { Rules = new StateRules(5, TtlSeconds: 10) }], Cancelled);
        Assert.Equal(6, (await store.GetAsync("k", Cancelled))!.Value.Version);
    }

    [Fact]
    public async Task TimeToLive_ExpiredRowsLeaveTheFile_WithLaterWrites()
    {
        await using var store = Open();
        for (var i = 0; i < 20; i++)
            await store.TransactAsync([Set($"k{i}", "1") with { Rules = new StateRules(TtlSeconds: 1) }], Cancelled);
        _time.Advance(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 3; i++)
            await store.TransactAsync([Set("last", "1") with { Rules = new StateRules(TtlSeconds: 100) }], Cancelled);
        await using var connection = await ConnectAsync();
        Assert.Equal(1L, await ScalarAsync(connection, "SELECT count(*) FROM state"));
    }

    [Fact]
    public async Task Open_SqliteFileOfAnotherProgram_IsRefused()
    {
        await using (var connection = await ConnectAsync())
            await ScalarAsync(connection, "CREATE TABLE theirs(x)");
        Assert.Contains("not a state store", Assert.Throws<StateStoreException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FileThatIsNoDatabase_IsRefused()
    {
        await File.WriteAllTextAsync(_folder.File("state.db"), new string('x', 5000), Cancelled);
        Assert.Contains("Cannot open the state store", Assert.Throws<StateStoreException>(() => Open()).Message, StringComparison.Ordinal);
    }

    private protected override Task<IStateStore> OpenAsync() => Task.FromResult<IStateStore>(Open(new SqliteStoreOptions { MaxRowBytes = MaxRowBytes }));

    private protected override Task<StateOperation> RefusedOperationAsync(string key) => Task.FromResult(new StateOperation(key, new byte[MaxRowBytes + 1]));

    private protected override async Task<long?> VersionOfAsync(string key)
    {
        await using var connection = await ConnectAsync();
        return (long?)await ScalarAsync(connection, "SELECT version FROM state WHERE key = $key", key);
    }

    private protected override Task LetPassAsync(TimeSpan time, string key)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    private static async Task<object?> ScalarAsync(SqliteConnection connection, string sql, string? key = null)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is the test's own
        command.CommandText = sql;
#pragma warning restore CA2100
        if (key is not null)
            command.Parameters.AddWithValue("$key", key);
        return await command.ExecuteScalarAsync(Cancelled);
    }

    private async Task<SqliteConnection> ConnectAsync()
    {
        var connection = new SqliteConnection($"Data Source={_folder.File("state.db")};Pooling=False");
        await connection.OpenAsync(Cancelled);
        return connection;
    }

    private SqliteStateStore Open(SqliteStoreOptions? options = null) => SqliteStateStore.Open(_folder.Path, new LogList<SqliteStateStore>(), options, _time);
}
