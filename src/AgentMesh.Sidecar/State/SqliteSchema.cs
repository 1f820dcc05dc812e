using AgentMesh.Sidecar.PubSub;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentMesh.Sidecar.State;

/// <summary>The layout of <c>state.db</c> and the settings of its connections.</summary>
internal static class SqliteSchema
{
    /// <summary>Raised when the layout changes; a file with a higher one is refused.</summary>
    public const int Version = 3;

    /// <summary>Bytes. Larger pages cost more log for each small write.</summary>
    public const int PageSize = 4096;

    /// <summary>
    /// Of the writer, its page cache. A commit that has split a page looks through all of it (pcache1TruncateUnsafe), which with 64 MiB was a sixth of the
    /// thread; what is not in it comes from the operating system's, at a read each, and with 8 MiB that was what the search had been before.
    /// </summary>
    private const int CacheKiB = 16 * 1024;

    /// <summary>The header of a frame in the log, https://www.sqlite.org/fileformat2.html#walformat.</summary>
    public const int FrameBytes = PageSize + 24;

    /// <summary>For a foreign process that holds the file (a backup, the sqlite3 shell): our own connections never wait this long.</summary>
    public const int BusyTimeoutMs = 5000;

    /// <summary>Shorter: the writer stands still while the checkpointer waits for a reader to end.</summary>
    private const int CheckpointBusyTimeoutMs = 100;

    // The state has row ids: WITHOUT ROWID keeps the values in the key's tree, which took two to three times the CPU with values of
    // 2 KB and more (24 against 62 us a transaction of 20,000 agents), and gained nothing with small ones. Pages of 8 KiB lost too.
    private const string Base = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE state(key TEXT PRIMARY KEY, data BLOB NOT NULL, version INTEGER NOT NULL);
        INSERT INTO meta VALUES('schema', 1);
        """;

    // due: UTC ticks. By type first: what waits for a host that is not there must not stand before the rest.
    private const string Reminders = """
        CREATE TABLE reminder(key TEXT PRIMARY KEY, body BLOB NOT NULL, type TEXT NOT NULL, due INTEGER NOT NULL, revision INTEGER NOT NULL);
        CREATE INDEX reminder_due ON reminder(type, due);
        """;

    // What leads from each version to the next.
    private static readonly string[] Steps = [Base, Reminders, SqliteEvents.Create];

    // Time to live and first-write of the state API. A step of its own, told by the column: it fits a file of any version. The index
    // holds mortal keys only, so actors' writes do not pay for it.
    private const string AddExpiry = """
        BEGIN IMMEDIATE;
        ALTER TABLE state ADD COLUMN first_write INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE state ADD COLUMN expires INTEGER;
        CREATE INDEX state_expires ON state(expires) WHERE expires IS NOT NULL;
        COMMIT
        """;

    /// <summary>The writing connection of a file, which is made when it is not there.</summary>
    /// <exception cref="StateStoreException">The file is no store of ours, is damaged, or is of a newer version.</exception>
    public static SqliteDatabase OpenWriter(string path, SqliteStoreOptions options)
    {
        SqliteDatabase? database = null;
        try
        {
            database = SqliteDatabase.Open(path, BusyTimeoutMs);
            // Before anything is written: a newer file stays as it is. page_size acts on a new file only, and only before WAL.
            var isNew = database.QueryInteger("SELECT count(*) FROM sqlite_schema") == 0;
            var version = isNew ? 0 : ReadVersion(database, path);
            database.Execute($"PRAGMA page_size={PageSize}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-{CacheKiB}; PRAGMA temp_store=MEMORY");
            if (options.MaxPages is { } pages)
                database.Execute($"PRAGMA max_page_count={pages}");
            database.LimitRow(options.MaxRowBytes);
            if (version < Version)
                database.Execute($"BEGIN IMMEDIATE; {string.Concat(Steps[version..])} UPDATE meta SET value = {Version} WHERE name = 'schema'; COMMIT");
            if (database.QueryInteger("SELECT 1 FROM pragma_table_info('state') WHERE name = 'expires'") is null)
                database.Execute(AddExpiry);
            // What a killed process left in the log; also the proof that the file can be written.
            database.TryCheckpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
            return database;
        }
        catch (Exception e)
        {
            database?.Dispose();
            if (e is SqliteException)
                throw new StateStoreException($"Cannot open the state store {path}: {e.Message}", e);
            throw;
        }
    }

    /// <summary>A connection beside the writer that copies the log into the file.</summary>
    public static SqliteDatabase OpenCheckpointer(string path)
    {
        var database = SqliteDatabase.Open(path, CheckpointBusyTimeoutMs);
        database.Execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0");
        return database;
    }

    private static int ReadVersion(SqliteDatabase database, string path)
    {
        if (database.QueryInteger("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") is null)
            throw new StateStoreException($"{path} is an SQLite file, but not a state store.");
        var version = database.QueryInteger("SELECT value FROM meta WHERE name = 'schema'");
        if (version is not (>= 1 and <= Version))
            throw new StateStoreException($"{path} has the layout of version {version}, this program knows {Version}. A newer program wrote it: use that, or another data folder.");
        return (int)version;
    }
}
