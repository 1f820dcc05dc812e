using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentMesh.Sidecar.State;

/// <summary>
/// The one thread that writes. It takes everything queued, applies it in one SQLite transaction, and completes the callers after
/// the fsync of its commit: one fsync serves all that came in during the one before.
/// </summary>
/// <remarks><c>_gate</c> guards the queue and <c>_stopping</c> and is never held during I/O; the rest is the thread's own.</remarks>
internal sealed partial class SqliteWriter : IAsyncDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStoreOptions _options;
    private readonly SqliteCheckpointer _checkpointer;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _room;
    private readonly object _gate = new();
    private readonly Queue<SqliteWrite> _queue = new();
    private readonly Task _thread;
    private bool _stopping;
    private long _walBytes;
    private long _checkpointAtBytes;
    private Thread? _copying;
    private bool _isFailing;

    /// <summary>Starts the thread.</summary>
    public SqliteWriter(SqliteDatabase database, SqliteStoreOptions options, SqliteCheckpointer checkpointer, ILogger logger)
    {
        (_database, _options, _checkpointer, _logger) = (database, options, checkpointer, logger);
        _room = new SemaphoreSlim(options.MaxQueued);
        _checkpointAtBytes = options.CheckpointBytes;
        database.TakePagesWritten();
        _thread = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Completes when the write is durable.</summary>
    public Task WriteAsync(SqliteWrite write, CancellationToken cancellationToken)
    {
        return _room.Wait(0, CancellationToken.None) ? Enqueue(write) : EnqueueWhenThereIsRoomAsync();

        async Task EnqueueWhenThereIsRoomAsync()
        {
            await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
            await Enqueue(write).ConfigureAwait(false);
        }
    }

    /// <summary>Takes no more writes and completes when those queued are written.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        await _thread.ConfigureAwait(false);
        // _room stays: a caller that waits for room must still get in, to be refused.
    }

    private Task Enqueue(SqliteWrite write)
    {
        lock (_gate)
        {
            if (_stopping)
            {
                _room.Release();
                write.Fail(new ObjectDisposedException(nameof(SqliteStateStore)));
                return write.Task;
            }

            _queue.Enqueue(write);
            if (_queue.Count == 1)
                Monitor.PulseAll(_gate);
        }

        return write.Task;
    }

    private void Run()
    {
        var batch = new List<SqliteWrite>(_options.MaxBatchTransactions);
        while (Take(batch))
        {
            Commit(CollectionsMarshal.AsSpan(batch));
            batch.Clear();
            KeepLogShort();
        }

        _copying?.Join();
    }

    /// <summary>Waits for work and takes as much as one commit may hold. False: stopped, and nothing is left.</summary>
    private bool Take(List<SqliteWrite> batch)
    {
        var taken = 0;
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_stopping)
                    return false;
                Monitor.Wait(_gate);
            }

            for (var bytes = 0L; taken < _options.MaxBatchTransactions && _queue.TryPeek(out var write); taken++)
            {
                bytes += write.Bytes;
                if (taken > 0 && bytes > _options.MaxBatchBytes)
                    break;
                _queue.Dequeue();
                if (write.TryTake())
                    batch.Add(write);
            }
        }

        _room.Release(taken);
        return true;
    }

    private void Commit(ReadOnlySpan<SqliteWrite> writes)
    {
        if (writes.IsEmpty)
            return;
        try
        {
            _database.Run("BEGIN IMMEDIATE");
            foreach (var write in writes)
                write.Apply(_database);
#if PLANTED_BUGS
            foreach (var write in PlantedBugs.Is("reply_before_write") ? writes : [])
                write.Complete();
            new ManualResetEventSlim().Wait(PlantedBugs.Is("reply_before_write") ? 100 : 0);
#endif
            _database.Run("COMMIT");
            CountLog();
        }
        catch (Exception e) // the edge of the thread: whatever it is, the callers get it and the next batch is tried
        {
            RollBack();
            CountLog();
            // One transaction may be at fault (a row too large, a key that is no text): each alone, so that only that one fails.
            // A full or broken disk fails everybody: trying each again would only take longer.
            if (writes.Length > 1 && !IsFaultOfTheFile(e))
            {
                for (var i = 0; i < writes.Length; i++)
                    Commit(writes.Slice(i, 1));
                return;
            }

            ReportFailure(writes.Length, e);
            foreach (var write in writes)
                write.Fail(e);
            return;
        }

        if (_isFailing)
        {
            _isFailing = false;
            LogCommitsWorkAgain();
        }

        foreach (var write in writes)
            write.Complete();
    }

    private void RollBack()
    {
        // SQLite itself has rolled back after most I/O errors.
        if (!_database.InTransaction)
            return;
        try
        {
            _database.Run("ROLLBACK");
        }
        catch (SqliteException e)
        {
            LogRollbackFailed(e);
        }
    }

    // Once for a full disk, not thousands of times a second. A transaction refused for itself is its caller's to report.
    private void ReportFailure(int transactions, Exception exception)
    {
        if (_isFailing || exception is ArgumentException or SqliteException { SqliteErrorCode: raw.SQLITE_TOOBIG })
            return;
        _isFailing = true;
        LogCommitFailed(transactions, exception);
    }

    private void CountLog() => _walBytes += (long)_database.TakePagesWritten() * SqliteSchema.FrameBytes;

    // Between two commits. The copy runs beside the next ones, as long as the log is not over its limit.
    private void KeepLogShort()
    {
        if (_copying is null && _walBytes > _checkpointAtBytes)
        {
            _copying = new Thread(_checkpointer.Copy) { IsBackground = true, Name = "checkpoint" };
            _copying.Start();
        }

        if (_copying is null || (_copying.IsAlive && _walBytes <= _options.MaxWalBytes))
            return;
        _copying.Join();
        _copying = null;
        if (_checkpointer.TryRestart())
            _walBytes = 0;
        // After a failure not at once again: whatever is in the way (a backup, a full disk) stays for a while.
        _checkpointAtBytes = _walBytes + _options.CheckpointBytes;
    }

    private static bool IsFaultOfTheFile(Exception exception) => exception is SqliteException
    {
        SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_READONLY
            or raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY or raw.SQLITE_NOMEM,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "A commit of {Transactions} transactions failed; none was acknowledged. Further failures are not logged until a commit succeeds.")]
    private partial void LogCommitFailed(int transactions, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Commits succeed again.")]
    private partial void LogCommitsWorkAgain();

    [LoggerMessage(Level = LogLevel.Error, Message = "Rolling back failed.")]
    private partial void LogRollbackFailed(Exception exception);
}
