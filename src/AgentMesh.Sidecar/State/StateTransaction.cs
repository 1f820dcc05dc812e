namespace AgentMesh.Sidecar.State;

/// <summary>The statements of a transaction of one of the state APIs in the embedded store.</summary>
internal static class StateTransaction
{
    // What has ended is not there, and does not end what is written over it.
    private const string Upsert = """
        INSERT INTO state(key, data, version) VALUES(?1, ?2, 1)
        ON CONFLICT(key) DO UPDATE SET data = excluded.data, version = version + 1, expires = CASE WHEN expires > ?3 THEN expires END
        """;

    private const string Delete = "DELETE FROM state WHERE key = ?1";
    private const string DeleteExpired = "DELETE FROM state WHERE key = ?1 AND expires <= ?2";

    // A row: the rules do not hold. As the two scripts of Dapr's state/redis: a key that is not there takes any ETag.
    private const string Conflict = "SELECT 1 FROM state WHERE key = ?1 AND version <> ?2 AND (?2 <> 0 OR (first_write AND ?3))";

    private const string UpsertByRules = """
        INSERT INTO state(key, data, version, first_write, expires) VALUES(?1, ?2, 1, ?3, ?4)
        ON CONFLICT(key) DO UPDATE SET data = excluded.data, version = version + 1, first_write = max(first_write, excluded.first_write),
        expires = CASE WHEN ?5 THEN excluded.expires ELSE expires END
        """;

    // A few with each write that sets a time to live: as many as come go again, and no write has to pay for many.
    private const string Sweep = "DELETE FROM state WHERE rowid IN (SELECT rowid FROM state WHERE expires <= ?1 LIMIT 8)";

    /// <summary>Applies all or, when a rule does not hold, nothing; then it returns what the caller is told.</summary>
    public static StateConflictException? Apply(SqliteDatabase database, IReadOnlyList<StateOperation> operations, TimeProvider timeProvider)
    {
        if (!HasRules(operations))
        {
            ApplyAll(database, operations, timeProvider);
            return null;
        }

        // Others share the commit: a refused transaction takes back its own changes only.
        database.Run("SAVEPOINT rules");
        var conflict = ApplyAll(database, operations, timeProvider);
        if (conflict is not null)
            database.Run("ROLLBACK TO rules");
        database.Run("RELEASE rules");
        return conflict;
    }

    private static bool HasRules(IReadOnlyList<StateOperation> operations)
    {
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i].Rules is not null)
                return true;
        }

        return false;
    }

    private static StateConflictException? ApplyAll(SqliteDatabase database, IReadOnlyList<StateOperation> operations, TimeProvider timeProvider)
    {
        for (var i = 0; i < operations.Count; i++)
        {
            var (key, value) = operations[i];
            if (operations[i].Rules is { } rules)
            {
                if (!TryApply(database, key, value, rules, timeProvider.GetUtcNow().ToUnixTimeMilliseconds()))
                    return new StateConflictException(key);
            }
            else if (value is null)
            {
                database.Run(Delete, key);
            }
            else
            {
                database.Run(Upsert, key, value, timeProvider.GetUtcNow().ToUnixTimeMilliseconds());
            }
        }

        return null;
    }

    private static bool TryApply(SqliteDatabase database, string key, byte[]? value, StateRules rules, long now)
    {
        database.Run(DeleteExpired, key, now);
        if (database.Query(Conflict, _ => true, key, rules.IfVersion, value is null ? 0 : 1).Any())
            return false;
        if (value is null)
        {
            database.Run(Delete, key);
            return true;
        }

        var expires = rules.TtlSeconds > 0 ? now + rules.TtlSeconds * 1000L : null;
        database.Run(UpsertByRules, key, value, rules.FirstWrite ? 1 : 0, expires, rules.TtlSeconds is null ? 0 : 1);
        if (expires is not null)
            database.Run(Sweep, now);
        return true;
    }
}
