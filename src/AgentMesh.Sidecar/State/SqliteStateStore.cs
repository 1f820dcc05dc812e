using AgentMesh.Sidecar.Actors.Reminders;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentMesh.Sidecar.State;

/// <summary>
/// The embedded store: <c>state.db</c> in the data folder, a write-ahead log that is synced at each commit, one writer with group
/// commit, readers that nobody blocks.
/// </summary>
internal sealed partial class SqliteStateStore : IStateStore, IReminderStoreProvider
{
    public const string FileName = "state.db";

    private const string Select = "SELECT data, version FROM state WHERE key = ?1 AND (expires IS NULL OR expires > ?2)";

    private readonly string _path;
    private readonly SqliteDatabase _database;
    private readonly SqliteWriter _writer;
    private readonly SqliteCheckpointer _checkpointer;
    private readonly SemaphoreSlim _readerSlots;
    private readonly Lock _readersGate = new();
    private readonly Stack<SqliteDatabase> _idleReaders = new();
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private bool _disposed;

    private SqliteStateStore(string path, SqliteStoreOptions options, TimeProvider timeProvider, ILogger logger)
    {
        (_path, _timeProvider, _logger) = (path, timeProvider, logger);
        _readerSlots = new SemaphoreSlim(options.MaxReaders);
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
        await _readerSlots.WaitAsync(cancellationToken).ConfigureAwait(false);
        SqliteDatabase? reader = null;
        try
        {
            reader = Rent();
            return query(reader);
        }
        catch (SqliteException e)
        {
            throw new StateStoreException($"The store could not be read: {e.Message}", e);
        }
        finally
        {
            Return(reader);
            _readerSlots.Release();
        }
    }

    /// <inheritdoc/>
    public IReminderStore OpenReminders(string namespaceName, string owner) => new SqliteReminderStore(this);

    /// <summary>Writes what is queued, copies the log into the file, and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_readersGate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        await _writer.DisposeAsync().ConfigureAwait(false);
        lock (_readersGate)
        {
            while (_idleReaders.TryPop(out var reader))
                reader.Dispose();
        }

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

    private SqliteDatabase Rent()
    {
        lock (_readersGate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_idleReaders.TryPop(out var reader))
                return reader;
        }

        return SqliteDatabase.Open(_path, SqliteSchema.BusyTimeoutMs, readOnly: true);
    }

    private void Return(SqliteDatabase? reader)
    {
        if (reader is null)
            return;
        lock (_readersGate)
        {
            if (!_disposed)
            {
                _idleReaders.Push(reader);
                return;
            }
        }

        reader.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The last checkpoint failed; what was acknowledged is safe in the write-ahead log.")]
    private partial void LogFinalCheckpointFailed(Exception exception);
}
