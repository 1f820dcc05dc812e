using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace AgentMesh.Sidecar.State;

/// <summary>
/// Copies the write-ahead log into the file beside the writer, on its own thread and connection. First PASSIVE, which disturbs
/// nobody; then, with the writer paused, RESTART copies the little that came in meanwhile, and the log starts at its beginning.
/// PASSIVE alone never catches up with a busy writer, and the log would grow without end.
/// </summary>
/// <remarks>
/// The log stays at <see cref="SqliteStoreOptions.CheckpointBytes"/> plus what is written during one PASSIVE, and never gets over
/// <see cref="SqliteStoreOptions.MaxWalBytes"/> plus one commit while checkpoints succeed; past it, TRUNCATE gives the disk back.
/// </remarks>
internal sealed partial class SqliteCheckpointer : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SafeFileHandle _file;
    private readonly string _walPath;
    private readonly long _maxWalBytes;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _wanted = new(0);
    private Task _thread = Task.CompletedTask;
    private volatile bool _stopping;

    public SqliteCheckpointer(string path, SqliteStoreOptions options, ILogger logger)
    {
        (_walPath, _maxWalBytes, _logger) = (path + "-wal", options.MaxWalBytes, logger);
        _database = SqliteSchema.OpenCheckpointer(path);
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    public void Start(SqliteWriter writer) =>
        _thread = Task.Factory.StartNew(() => Run(writer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Asks for a checkpoint and returns at once.</summary>
    public void Request() => _wanted.Release();

    public Task StopAsync()
    {
        _stopping = true;
        _wanted.Release();
        return _thread;
    }

    /// <summary>After every other connection to the file is closed: closing a descriptor drops the process' POSIX locks on it.</summary>
    public void Dispose()
    {
        _database.Dispose();
        _file.Dispose();
        _wanted.Dispose();
    }

    private void Run(SqliteWriter writer)
    {
        while (true)
        {
            _wanted.Wait();
            if (_stopping)
                return;
            Checkpoint(writer);
        }
    }

    private void Checkpoint(SqliteWriter writer)
    {
        var isEmpty = false;
        try
        {
            _database.TryCheckpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
            // PASSIVE copies and leaves the fsync of the file to RESTART, for which the writer would wait.
            RandomAccess.FlushToDisk(_file);
            writer.Pause();
            // RESTART keeps the file: overwriting it syncs faster than growing it again.
            var isLarge = new FileInfo(_walPath) is { Exists: true } file && file.Length > _maxWalBytes;
            isEmpty = _database.TryCheckpoint(isLarge ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_RESTART);
            if (!isEmpty)
                LogCheckpointBusy();
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            LogCheckpointFailed(e);
        }
        finally
        {
            writer.Resume(isEmpty);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A checkpoint found a reader in the way; the write-ahead log goes on growing until the next.")]
    private partial void LogCheckpointBusy();

    [LoggerMessage(Level = LogLevel.Error, Message = "A checkpoint failed; what was acknowledged is safe in the write-ahead log, which goes on growing.")]
    private partial void LogCheckpointFailed(Exception exception);
}
