using SQLitePCL;

namespace AgentMesh.Sidecar.State;

/// <summary>A transaction of one of the state APIs.</summary>
internal sealed class StateWrite : SqliteWrite
{
    private const string Upsert =
        "INSERT INTO state(key, data, version) VALUES(?1, ?2, 1) ON CONFLICT(key) DO UPDATE SET data = excluded.data, version = version + 1";

    private const string Delete = "DELETE FROM state WHERE key = ?1";
    private const string Find = "SELECT version, first_write, expires FROM state WHERE key = ?1";

    private const string UpsertByRules = """
        INSERT INTO state(key, data, version, first_write, expires) VALUES(?1, ?2, 1, ?3, ?4)
        ON CONFLICT(key) DO UPDATE SET data = excluded.data, version = version + 1, first_write = excluded.first_write, expires = excluded.expires
        """;

    // A few with each write that sets a time to live: as many as come go again, and no write has to pay for many.
    private const string Sweep = "DELETE FROM state WHERE rowid IN (SELECT rowid FROM state WHERE expires <= ?1 LIMIT 8)";

    private readonly IReadOnlyList<StateOperation> _operations;
    private readonly TimeProvider _timeProvider;
    private readonly bool _hasRules;
    private StateConflictException? _refusal;

    public StateWrite(IReadOnlyList<StateOperation> operations, TimeProvider timeProvider, CancellationToken cancellationToken)
        : base(cancellationToken)
    {
        (_operations, _timeProvider) = (operations, timeProvider);
        for (var i = 0; i < operations.Count; i++)
        {
            var (key, value) = operations[i];
            ArgumentException.ThrowIfNullOrEmpty(key, nameof(operations));
            Bytes += key.Length + (value?.Length ?? 0);
            _hasRules |= operations[i].Rules is not null;
        }
    }

    /// <summary>Of all keys and values; a key counts its characters.</summary>
    public override long Bytes { get; }

    /// <inheritdoc/>
    protected override Exception? Refusal => _refusal;

    /// <inheritdoc/>
    public override void Apply(SqliteDatabase database)
    {
        _refusal = null;
        if (!_hasRules)
        {
            ApplyAll(database);
            return;
        }

        // Others share the commit: a refused transaction takes back its own changes only.
        database.Run(database.Statement("SAVEPOINT rules"));
        if (!ApplyAll(database))
            database.Run(database.Statement("ROLLBACK TO rules"));
        database.Run(database.Statement("RELEASE rules"));
    }

    private bool ApplyAll(SqliteDatabase database)
    {
        for (var i = 0; i < _operations.Count; i++)
        {
            var (key, value) = _operations[i];
            if (_operations[i].Rules is { } rules)
            {
                if (!ApplyByRules(database, key, value, rules))
                {
                    _refusal = new StateConflictException(key);
                    return false;
                }

                continue;
            }

            var statement = database.Statement(value is null ? Delete : Upsert);
            database.BindText(statement, 1, key);
            if (value is not null)
                database.BindBlob(statement, 2, value);
            database.Run(statement);
        }

        return true;
    }

    private bool ApplyByRules(SqliteDatabase database, string key, byte[]? value, StateRules rules)
    {
        var now = _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        var (version, isMarked, expires) = Read(database, key);
        if (expires <= now)
        {
            RunDelete(database, key);
            (version, isMarked, expires) = (0, false, null);
        }

        // As the two scripts of Dapr's state/redis: a key that is not there takes any ETag.
        var isFree = version == 0 || version == rules.IfVersion;
        if (!isFree && (rules.IfVersion != 0 || (isMarked && value is not null)))
            return false;
        if (value is null)
        {
            RunDelete(database, key);
            return true;
        }

        var statement = database.Statement(UpsertByRules);
        database.BindText(statement, 1, key);
        database.BindBlob(statement, 2, value);
        database.BindInteger(statement, 3, isMarked || rules.FirstWrite ? 1 : 0);
        database.BindInteger(statement, 4, rules.TtlSeconds switch
        {
            null => expires,
            > 0 and var seconds => now + seconds * 1000L,
            _ => null,
        });
        database.Run(statement);
        if (rules.TtlSeconds > 0)
        {
            var sweep = database.Statement(Sweep);
            database.BindInteger(sweep, 1, now);
            database.Run(sweep);
        }

        return true;
    }

    private static (long Version, bool IsMarked, long? Expires) Read(SqliteDatabase database, string key)
    {
        var statement = database.Statement(Find);
        database.BindText(statement, 1, key);
        try
        {
            return database.Step(statement)
                ? (raw.sqlite3_column_int64(statement, 0), raw.sqlite3_column_int64(statement, 1) != 0, SqliteDatabase.Integer(statement, 2))
                : (0, false, null);
        }
        finally
        {
            _ = raw.sqlite3_reset(statement);
        }
    }

    private static void RunDelete(SqliteDatabase database, string key)
    {
        var statement = database.Statement(Delete);
        database.BindText(statement, 1, key);
        database.Run(statement);
    }
}
