using SQLitePCL;

namespace AgentMesh.Sidecar.State;

/// <summary>A read-only connection with its prepared query, used by one thread at a time. The writer never blocks it.</summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly sqlite3_stmt _select;
    private readonly TimeProvider _timeProvider;

    public SqliteReader(string path, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _database = SqliteDatabase.Open(path, SqliteSchema.BusyTimeoutMs, readOnly: true);
        _select = _database.Statement("SELECT data, version, expires FROM state WHERE key = ?1");
    }

    /// <summary>For queries of other tables.</summary>
    public SqliteDatabase Database => _database;

    /// <summary>Null when the key is not there or its time is over.</summary>
    public StateEntry? Get(string key)
    {
        _database.BindText(_select, 1, key);
        try
        {
            if (!_database.Step(_select) || SqliteDatabase.Integer(_select, 2) <= _timeProvider.GetUtcNow().ToUnixTimeMilliseconds())
                return null;
            return new StateEntry(raw.sqlite3_column_blob(_select, 0).ToArray(), raw.sqlite3_column_int64(_select, 1));
        }
        finally
        {
            _ = raw.sqlite3_reset(_select); // ends the read transaction, whose snapshot would hold the log
        }
    }

    public void Dispose() => _database.Dispose();
}
