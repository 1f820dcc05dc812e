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

    public static void Append(SqliteDatabase database, string pubSub, string topic, byte[] data, string metadata, long now) =>
        database.Run("INSERT INTO event(pubsub, topic, data, metadata, published_at) VALUES(?1, ?2, ?3, ?4, ?5)", pubSub, topic, data, metadata, now);

    /// <summary>The consumer's id; a new one starts at the beginning of the log.</summary>
    public static long OpenConsumer(SqliteDatabase database, string pubSub, string topic, string name, bool temporary, long now)
    {
        const string Open = """
            INSERT INTO consumer(pubsub, topic, name, temporary, position, seen_at) VALUES(?1, ?2, ?3, ?4, 0, ?5)
            ON CONFLICT(pubsub, topic, name) DO UPDATE SET seen_at = excluded.seen_at RETURNING id
            """;
        return database.Query(Open, row => raw.sqlite3_column_int64(row, 0), pubSub, topic, name, temporary ? 1 : 0, now).Single();
    }

    /// <summary>Takes events for a consumer: those left over from an earlier run after <paramref name="leftAfter"/>, or new ones when it is null.</summary>
    public static IReadOnlyList<BrokerDelivery> Take(SqliteDatabase database, long consumer, long? leftAfter, int max)
    {
        var taken = new List<BrokerDelivery>();
        var bytes = 0;
        foreach (var delivery in leftAfter is { } after ? database.Query(Left, Read, consumer, after, max) : database.Query(New, Read, consumer, max))
        {
            taken.Add(delivery);
            bytes += delivery.Message.Data.Length;
            if (bytes >= MaxTakenBytes)
                break;
        }

        if (leftAfter is not null || taken.Count == 0)
            return taken;
        foreach (var delivery in taken)
            database.Run("INSERT INTO pending(consumer, event) VALUES(?1, ?2)", consumer, Id(delivery.Id));
        database.Run("UPDATE consumer SET position = ?2 WHERE id = ?1", consumer, Id(taken[^1].Id));
        return taken;
    }

    public static void Complete(SqliteDatabase database, long consumer, IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
            database.Run("DELETE FROM pending WHERE consumer = ?1 AND event = ?2", consumer, Id(id));
    }

    /// <summary>Every consumer of the component, and how much waits for it.</summary>
    public static IReadOnlyList<GroupBacklog> Backlog(SqliteDatabase database, string pubSub) =>
    [
        .. database.Query(
            $"""
            SELECT c.topic, c.name,
              (SELECT count(*) FROM (SELECT 1 FROM event e WHERE e.pubsub = c.pubsub AND e.topic = c.topic AND e.id > c.position LIMIT {GroupBacklog.MaxCounted})),
              (SELECT count(*) FROM (SELECT 1 FROM pending p WHERE p.consumer = c.id LIMIT {GroupBacklog.MaxCounted}))
            FROM consumer c WHERE c.pubsub = ?1 ORDER BY c.topic, c.name LIMIT {GroupBacklog.MaxGroups}
            """,
            row => new GroupBacklog(
                pubSub, raw.sqlite3_column_text(row, 0).utf8_to_string(), raw.sqlite3_column_text(row, 1).utf8_to_string(),
                raw.sqlite3_column_int64(row, 2), raw.sqlite3_column_int64(row, 3)),
            pubSub),
    ];

    public static void RemoveConsumer(SqliteDatabase database, long consumer)
    {
        database.Run("DELETE FROM pending WHERE consumer = ?1", consumer);
        database.Run("DELETE FROM consumer WHERE id = ?1", consumer);
    }

    /// <summary>Temporary ones of earlier runs, and those no run has opened since.</summary>
    public static void RemoveDeadConsumers(SqliteDatabase database, string pubSub, long seenBefore)
    {
        const string Dead = "FROM consumer WHERE pubsub = ?1 AND (temporary = 1 OR seen_at < ?2)";
        database.Run($"DELETE FROM pending WHERE consumer IN (SELECT id {Dead})", pubSub, seenBefore);
        database.Run($"DELETE {Dead}", pubSub, seenBefore);
    }

    private static BrokerDelivery Read(sqlite3_stmt row) => new(
        raw.sqlite3_column_int64(row, 0).ToString(CultureInfo.InvariantCulture),
        new BrokerMessage(raw.sqlite3_column_blob(row, 1).ToArray(), StoredMetadata.Read(raw.sqlite3_column_text(row, 2).utf8_to_string())));

    private static long Id(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
