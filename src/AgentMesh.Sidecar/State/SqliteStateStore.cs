using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Runtime;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentMesh.Sidecar.State;

/// <summary>
/// The embedded store: <c>state.db</c> in the data folder, a write-ahead log that is synced at each commit, one writer with group
/// commit, readers that nobody blocks.
/// </summary>
internal sealed partial class SqliteStateStore : IStateStore
{
    public const string FileName = "state.db";

    private const string Select = "SELECT data, version FROM state WHERE key = ?1 AND (expires IS NULL OR expires > ?2)";

    private readonly string _path;
    private readonly SqliteDatabase _database;
    private readonly SqliteWriter _writer;
    private readonly SqliteCheckpointer _checkpointer;
    private readonly SemaphoreSlim _readerSlots;
    private readonly int _maxReaders;
    private readonly Stack<SqliteDatabase> _idleReaders = new();
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private bool _disposed;

    private SqliteStateStore(string path, SqliteStoreOptions options, TimeProvider timeProvider, ILogger logger)
    {
        (_path, _timeProvider, _logger) = (path, timeProvider, logger);
        (_maxReaders, _readerSlots) = (options.MaxReaders, new SemaphoreSlim(options.MaxReaders));
        _database = SqliteSchema.OpenWriter(path, options);
        _checkpointer = new SqliteCheckpointer(path, options, logger);
        _writer = new SqliteWriter(_database, options, _checkpointer, logger);
    }

    /// <inheritdoc/>
    public string Description => "sqlite:" + _path;

    /// <summary>Opens the store of a data folder, and makes it when it is not there.</summary>
    /// <exception cref="StateStoreException">The file is no store of ours, is damaged, or is of a newer version.</exception>
    public static SqliteStateStore Open(
        string folder, ILogger<SqliteStateStore> logger, SqliteStoreOptions? options = null, TimeProvider? timeProvider = null) =>
        new(Path.Combine(Path.GetFullPath(folder), FileName), options ?? new SqliteStoreOptions(), timeProvider ?? TimeProvider.System, logger);

    /// <inheritdoc/>
    public async ValueTask<StateEntry?> GetAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var now = _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        return await ReadAsync(
            database => database.Query(
                Select, row => (StateEntry?)new StateEntry(raw.sqlite3_column_blob(row, 0).ToArray(), raw.sqlite3_column_int64(row, 1)), key, now).FirstOrDefault(),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bytes = 0L;
        for (var i = 0; i < operations.Count; i++)
        {
            var (key, value) = operations[i];
            ArgumentException.ThrowIfNullOrEmpty(key, nameof(operations));
            bytes += key.Length + (value?.Length ?? 0);
        }

        if (operations.Count == 0)
            return;
        StateConflictException? conflict = null;
        await WriteAsync(new SqliteWrite(database => conflict = StateTransaction.Apply(database, operations, _timeProvider), bytes, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        if (conflict is not null)
            throw conflict;
    }

    /// <summary>A write of another kind on the same file; completes when it is durable, together with all others of its commit.</summary>
    public Task WriteAsync(SqliteWrite write, CancellationToken cancellationToken) => _writer.WriteAsync(write, cancellationToken);

    /// <summary>
    /// A query, on the caller's thread: a page from memory takes microseconds, less than a switch of threads. It has to reset its
    /// statements: an open one holds the log.
    /// </summary>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteDatabase, T> query, CancellationToken cancellationToken)
    {
        using var slot = await _readerSlots.EnterAsync(cancellationToken).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(_disposed, this);
        SqliteDatabase? reader = null;
        try
        {
            lock (_idleReaders)
                _idleReaders.TryPop(out reader);
            reader ??= SqliteDatabase.Open(_path, SqliteSchema.BusyTimeoutMs, readOnly: true);
            return query(reader);
        }
        catch (SqliteException e)
        {
            throw new StateStoreException($"The store could not be read: {e.Message}", e);
        }
        finally
        {
            if (reader is not null)
            {
                lock (_idleReaders)
                    _idleReaders.Push(reader);
            }
        }
    }

    /// <inheritdoc/>
    public IReminderStore OpenReminders(string namespaceName, string owner) => new SqliteReminderStore(this);

    /// <summary>Writes what is queued, copies the log into the file, and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _writer.DisposeAsync().ConfigureAwait(false);
        // With all slots taken nobody reads any more; who waits for one is refused.
        for (var slot = 0; slot < _maxReaders; slot++)
            await _readerSlots.WaitAsync().ConfigureAwait(false);
        foreach (var reader in _idleReaders)
            reader.Dispose();
        _readerSlots.Release(_maxReaders);
        try
        {
            _database.TryCheckpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
        }
        catch (SqliteException e)
        {
            LogFinalCheckpointFailed(e);
        }

        _database.Dispose();
        _checkpointer.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The last checkpoint failed; what was acknowledged is safe in the write-ahead log.")]
    private partial void LogFinalCheckpointFailed(Exception exception);
}
