using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace AgentMesh.Sidecar.State;

/// <summary>
/// Copies the write-ahead log into the file, on a connection of its own. First PASSIVE beside the writer, which it does not disturb;
/// then, when the writer rests between two commits, RESTART copies the little that came in meanwhile, and the log starts at its
/// beginning. PASSIVE alone never catches up with a busy writer, and the log would grow without end.
/// </summary>
/// <remarks>
/// The log stays at <see cref="SqliteStoreOptions.CheckpointBytes"/> plus what is written during one PASSIVE, and never gets over
/// <see cref="SqliteStoreOptions.MaxWalBytes"/> plus one commit while checkpoints succeed; past it, TRUNCATE gives the disk back.
/// </remarks>
internal sealed partial class SqliteCheckpointer(string path, SqliteStoreOptions options, ILogger logger) : IDisposable
{
    private readonly SqliteDatabase _database = SqliteSchema.OpenCheckpointer(path);
    private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    private readonly string _walPath = path + "-wal";

    /// <summary>The long part, beside the writer.</summary>
    public void Copy() => Try(() =>
    {
        _database.TryCheckpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
        // PASSIVE copies and leaves the fsync of the file to RESTART, for which the writer would wait.
        RandomAccess.FlushToDisk(_file);
        return true;
    });

    /// <summary>The short part, on the writer's thread. True: all of the log was copied; the next commit starts at its beginning.</summary>
    public bool TryRestart() => Try(() =>
    {
        // RESTART keeps the file: overwriting it syncs faster than growing it again.
        var isLarge = new FileInfo(_walPath) is { Exists: true } file && file.Length > options.MaxWalBytes;
        var isEmpty = _database.TryCheckpoint(isLarge ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_RESTART);
        if (!isEmpty)
            LogCheckpointBusy();
        return isEmpty;
    });

    /// <summary>After every other connection to the file is closed: closing a descriptor drops the process' POSIX locks on it.</summary>
    public void Dispose()
    {
        _database.Dispose();
        _file.Dispose();
    }

    private bool Try(Func<bool> checkpoint)
    {
        try
        {
            return checkpoint();
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            LogCheckpointFailed(e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A checkpoint found a reader in the way; the write-ahead log goes on growing until the next.")]
    private partial void LogCheckpointBusy();

    [LoggerMessage(Level = LogLevel.Error, Message = "A checkpoint failed; what was acknowledged is safe in the write-ahead log, which goes on growing.")]
    private partial void LogCheckpointFailed(Exception exception);
}
