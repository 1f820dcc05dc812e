using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentMesh.Sidecar.State;

/// <summary>
/// One native connection, used by one thread at a time. Raw statements instead of Microsoft.Data.Sqlite commands, which allocate
/// parameters, readers and strings for each operation. Errors throw <see cref="SqliteException"/>.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int StackKeyBytes = 512;

    // Strict: two keys with different broken surrogates must not become one row.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly sqlite3 _handle;
    private readonly Dictionary<string, sqlite3_stmt> _statements = new(StringComparer.Ordinal);

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(sqlite3 handle) => _handle = handle;

    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Rows changed by the last statement.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    public static SqliteDatabase Open(string path, int busyTimeoutMs, bool readOnly = false)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        var database = new SqliteDatabase(handle);
        try
        {
            database.Check(code);
            database.Check(raw.sqlite3_busy_timeout(handle, busyTimeoutMs));
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Runs one or more statements and drops what they return.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>The first column of the first row, or null when there is none.</summary>
    public long? QueryInteger(string sql) => Query(sql, row => (long?)raw.sqlite3_column_int64(row, 0)).FirstOrDefault();

    /// <summary>Runs a statement that returns no row.</summary>
    public void Run(string sql, params ReadOnlySpan<SqliteValue> values)
    {
        var statement = Bind(sql, values);
        try
        {
            Step(statement);
        }
        finally
        {
            _ = raw.sqlite3_reset(statement); // repeats the error that Step has thrown
        }
    }

    /// <summary>The rows of a query, to be read before the statement is used again.</summary>
    public IEnumerable<T> Query<T>(string sql, Func<sqlite3_stmt, T> read, params ReadOnlySpan<SqliteValue> values) => Rows(Bind(sql, values), read);

    /// <summary>Pages this connection has written to the log since the last call.</summary>
    public int TakePagesWritten()
    {
        Check(raw.sqlite3_db_status(_handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, resetFlg: 1));
        return pages;
    }

    /// <summary>False: another connection was in the way, and not all of the log was copied.</summary>
    public bool TryCheckpoint(int mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", mode, out _, out _);
        if (code is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
            Check(code);
        return code == raw.SQLITE_OK;
    }

    public void LimitRow(int bytes) => _ = raw.sqlite3_limit(_handle, raw.SQLITE_LIMIT_LENGTH, bytes);

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _handle.Dispose();
    }

    private IEnumerable<T> Rows<T>(sqlite3_stmt statement, Func<sqlite3_stmt, T> read)
    {
        try
        {
            while (Step(statement))
                yield return read(statement);
        }
        finally
        {
            _ = raw.sqlite3_reset(statement); // ends the read transaction, whose snapshot would hold the log
        }
    }

    // Of a constant text: prepared once and kept for the life of the connection.
    private sqlite3_stmt Bind(string sql, ReadOnlySpan<SqliteValue> values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement));
            _statements.Add(sql, statement);
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (values[i].Text is { } text)
                BindText(statement, i + 1, text);
            else if (values[i].Blob is { } blob)
                BindBlob(statement, i + 1, blob);
            else
                Check(values[i].Integer is { } integer ? raw.sqlite3_bind_int64(statement, i + 1, integer) : raw.sqlite3_bind_null(statement, i + 1));
        }

        return statement;
    }

    // True: there is a row.
    private bool Step(sqlite3_stmt statement)
    {
        var code = raw.sqlite3_step(statement);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            Check(code);
        return code == raw.SQLITE_ROW;
    }

    private void BindText(sqlite3_stmt statement, int index, string text)
    {
        var length = Utf8.GetMaxByteCount(text.Length);
        var rented = length > StackKeyBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var buffer = rented ?? stackalloc byte[StackKeyBytes];
        var used = Utf8.GetBytes(text, buffer);
        var code = raw.sqlite3_bind_text(statement, index, (ReadOnlySpan<byte>)buffer[..used]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        Check(code);
    }

    // An empty span has no address, and SQLite would bind NULL.
    private void BindBlob(sqlite3_stmt statement, int index, byte[] bytes) =>
        Check(bytes.Length == 0 ? raw.sqlite3_bind_zeroblob(statement, index, 0) : raw.sqlite3_bind_blob(statement, index, bytes));

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(code, _handle);
    }
}
