using System.Globalization;
using AgentMesh.Sidecar.State;
using SQLitePCL;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// The event tables. A topic is a log of events; a consumer has a position in it, and a row for each event that it took and has
/// not completed.
/// </summary>
internal static class SqliteEvents
{
    /// <summary>Of the layout's version 3; safe to run on a file that has them. AUTOINCREMENT: a position must never meet an id twice.</summary>
    public const string Create = """
        CREATE TABLE IF NOT EXISTS event(id INTEGER PRIMARY KEY AUTOINCREMENT, pubsub TEXT NOT NULL, topic TEXT NOT NULL, data BLOB NOT NULL, metadata TEXT NOT NULL, published_at INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS event_topic ON event(pubsub, topic, id);
        CREATE TABLE IF NOT EXISTS consumer(id INTEGER PRIMARY KEY AUTOINCREMENT, pubsub TEXT NOT NULL, topic TEXT NOT NULL, name TEXT NOT NULL, temporary INTEGER NOT NULL, position INTEGER NOT NULL, seen_at INTEGER NOT NULL, UNIQUE(pubsub, topic, name));
        CREATE TABLE IF NOT EXISTS pending(consumer INTEGER NOT NULL, event INTEGER NOT NULL, PRIMARY KEY(consumer, event)) WITHOUT ROWID;
        """;

    /// <summary>Bytes of one take: what its caller holds in memory.</summary>
    private const int MaxTakenBytes = 4 * 1024 * 1024;

    private const string Left = "SELECT e.id, e.data, e.metadata FROM pending p JOIN event e ON e.id = p.event WHERE p.consumer = ?1 AND p.event > ?2 ORDER BY p.event LIMIT ?3";

    private const string New = """
        SELECT e.id, e.data, e.metadata FROM consumer c JOIN event e ON e.pubsub = c.pubsub AND e.topic = c.topic AND e.id > c.position
        WHERE c.id = ?1 ORDER BY e.id LIMIT ?2
        """;

    public static void Append(SqliteDatabase database, string pubSub, string topic, byte[] data, string metadata, long now)
    {
        var insert = database.Statement("INSERT INTO event(pubsub, topic, data, metadata, published_at) VALUES(?1, ?2, ?3, ?4, ?5)");
        database.BindText(insert, 1, pubSub);
        database.BindText(insert, 2, topic);
        database.BindBlob(insert, 3, data);
        database.BindText(insert, 4, metadata);
        Bind(insert, 5, now);
        database.Run(insert);
    }

    /// <summary>The consumer's id; a new one starts at the beginning of the log.</summary>
    public static long OpenConsumer(SqliteDatabase database, string pubSub, string topic, string name, bool temporary, long now)
    {
        var open = database.Statement("""
            INSERT INTO consumer(pubsub, topic, name, temporary, position, seen_at) VALUES(?1, ?2, ?3, ?4, 0, ?5)
            ON CONFLICT(pubsub, topic, name) DO UPDATE SET seen_at = excluded.seen_at RETURNING id
            """);
        database.BindText(open, 1, pubSub);
        database.BindText(open, 2, topic);
        database.BindText(open, 3, name);
        Bind(open, 4, temporary ? 1 : 0);
        Bind(open, 5, now);
        try
        {
            database.Step(open);
            var id = raw.sqlite3_column_int64(open, 0);
            database.Step(open); // to its end, so that the change is made whole
            return id;
        }
        finally
        {
            _ = raw.sqlite3_reset(open);
        }
    }

    /// <summary>Takes events for a consumer: those left over from an earlier run after <paramref name="leftAfter"/>, or new ones when it is null.</summary>
    public static void Take(SqliteDatabase database, long consumer, long? leftAfter, int max, List<BrokerDelivery> taken)
    {
        taken.Clear();
        var select = database.Statement(leftAfter is null ? New : Left);
        Bind(select, 1, consumer);
        if (leftAfter is { } after)
            Bind(select, 2, after);
        Bind(select, leftAfter is null ? 2 : 3, max);
        var bytes = 0;
        try
        {
            while (bytes < MaxTakenBytes && database.Step(select))
            {
                var data = raw.sqlite3_column_blob(select, 1).ToArray();
                bytes += data.Length;
                taken.Add(new BrokerDelivery(
                    raw.sqlite3_column_int64(select, 0).ToString(CultureInfo.InvariantCulture),
                    new BrokerMessage(data, StoredMetadata.Read(raw.sqlite3_column_text(select, 2).utf8_to_string()))));
            }
        }
        finally
        {
            _ = raw.sqlite3_reset(select);
        }

        if (leftAfter is not null || taken.Count == 0)
            return;
        var pend = database.Statement("INSERT INTO pending(consumer, event) VALUES(?1, ?2)");
        foreach (var delivery in taken)
            RunWith(database, pend, consumer, Id(delivery.Id));
        RunWith(database, database.Statement("UPDATE consumer SET position = ?2 WHERE id = ?1"), consumer, Id(taken[^1].Id));
    }

    public static void Complete(SqliteDatabase database, long consumer, IReadOnlyList<string> ids)
    {
        var delete = database.Statement("DELETE FROM pending WHERE consumer = ?1 AND event = ?2");
        foreach (var id in ids)
            RunWith(database, delete, consumer, Id(id));
    }

    public static void RemoveConsumer(SqliteDatabase database, long consumer)
    {
        RunWith(database, database.Statement("DELETE FROM pending WHERE consumer = ?1"), consumer);
        RunWith(database, database.Statement("DELETE FROM consumer WHERE id = ?1"), consumer);
    }

    /// <summary>Temporary ones of earlier runs, and those no run has opened since.</summary>
    public static void RemoveDeadConsumers(SqliteDatabase database, string pubSub, long seenBefore)
    {
        const string Dead = "FROM consumer WHERE pubsub = ?1 AND (temporary = 1 OR seen_at < ?2)";
        foreach (var sql in (ReadOnlySpan<string>)[$"DELETE FROM pending WHERE consumer IN (SELECT id {Dead})", $"DELETE {Dead}"])
        {
            var delete = database.Statement(sql);
            database.BindText(delete, 1, pubSub);
            Bind(delete, 2, seenBefore);
            database.Run(delete);
        }
    }

    public static void Bind(sqlite3_stmt statement, int index, long value) => _ = raw.sqlite3_bind_int64(statement, index, value);

    private static long Id(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static void RunWith(SqliteDatabase database, sqlite3_stmt statement, long first, long? second = null)
    {
        Bind(statement, 1, first);
        if (second is { } value)
            Bind(statement, 2, value);
        database.Run(statement);
    }
}
