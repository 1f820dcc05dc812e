using SQLitePCL;

namespace AgentMesh.Sidecar.State;

/// <summary>A read-only connection with its prepared query, used by one thread at a time. The writer never blocks it.</summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly sqlite3_stmt _select;

    public SqliteReader(string path)
    {
        _database = SqliteDatabase.Open(path, SqliteSchema.BusyTimeoutMs, readOnly: true);
        _select = _database.Statement("SELECT data FROM state WHERE key = ?1");
    }

    /// <summary>For queries of other tables.</summary>
    public SqliteDatabase Database => _database;

    public byte[]? Get(string key)
    {
        _database.BindText(_select, 1, key);
        try
        {
            return _database.Step(_select) ? raw.sqlite3_column_blob(_select, 0).ToArray() : null;
        }
        finally
        {
            _ = raw.sqlite3_reset(_select); // ends the read transaction, whose snapshot would hold the log
        }
    }

    public void Dispose() => _database.Dispose();
}
