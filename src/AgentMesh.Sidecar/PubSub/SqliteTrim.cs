using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// Keeps the event tables bounded: events that every group has completed go after a day, a topic without any group keeps its
/// newest ones. Never more than a few rows in one write.
/// </summary>
/// <param name="Sql">Deletes at most <see cref="MaxRows"/> events.</param>
/// <param name="PubSub">The component.</param>
/// <param name="Limit">An age or a number.</param>
internal sealed record SqliteTrim(string Sql, string PubSub, long Limit)
{
    /// <summary>How long completed events stay, for a group that comes late.</summary>
    public static readonly TimeSpan KeepCompleted = TimeSpan.FromHours(24);

    /// <summary>Rows of one write.</summary>
    public const int MaxRows = 1000;

    /// <summary>Events of a topic that nobody has ever subscribed.</summary>
    private const int MaxUnclaimed = 100_000;

    private const string Completed = """
        DELETE FROM event WHERE id IN (
          SELECT e.id FROM event e WHERE e.pubsub = ?1 AND e.published_at < ?2
            AND EXISTS (SELECT 1 FROM consumer c WHERE c.pubsub = e.pubsub AND c.topic = e.topic)
            AND NOT EXISTS (SELECT 1 FROM consumer c WHERE c.pubsub = e.pubsub AND c.topic = e.topic
              AND (c.position < e.id OR EXISTS (SELECT 1 FROM pending p WHERE p.consumer = c.id AND p.event = e.id)))
          ORDER BY e.id LIMIT ?3)
        """;

    // The index knows where a topic's oldest event that stays is, and which topics there are: a topic may have millions of events.
    private const string Unclaimed = $"""
        WITH {Topics}, {Bounds}
        DELETE FROM event WHERE id IN (
          SELECT e.id FROM bound b JOIN event e ON e.pubsub = ?1 AND e.topic = b.topic AND e.id <= b.newest
          WHERE NOT EXISTS (SELECT 1 FROM consumer c WHERE c.pubsub = ?1 AND c.topic = b.topic) LIMIT ?3)
        """;

    // As Redis trims a stream: whatever is older, completed or not.
    private const string TooMany = $"""
        WITH {Topics}, {Bounds}
        DELETE FROM event WHERE id IN (SELECT e.id FROM bound b JOIN event e ON e.pubsub = ?1 AND e.topic = b.topic AND e.id <= b.newest LIMIT ?3)
        """;

    private const string Topics = """
        RECURSIVE topics(topic) AS (
          SELECT min(topic) FROM event WHERE pubsub = ?1
          UNION ALL SELECT (SELECT min(e.topic) FROM event e WHERE e.pubsub = ?1 AND e.topic > topics.topic) FROM topics WHERE topics.topic IS NOT NULL)
        """;

    /// <summary>The newest event of each topic that is one too many; null: it has not so many.</summary>
    private const string Bounds = """
        bound AS MATERIALIZED (
          SELECT topic, (SELECT e.id FROM event e WHERE e.pubsub = ?1 AND e.topic = topics.topic ORDER BY e.id DESC LIMIT 1 OFFSET ?2) AS newest
          FROM topics WHERE topic IS NOT NULL)
        """;

    private const string TooOld = "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE pubsub = ?1 AND published_at < ?2 ORDER BY id LIMIT ?3)";

    /// <summary>What is to be deleted now, each repeated until it finds fewer than <see cref="MaxRows"/>.</summary>
    public static IEnumerable<SqliteTrim> Of(PubSubSettings settings, DateTimeOffset now)
    {
        yield return new SqliteTrim(Completed, settings.Name, (now - KeepCompleted).ToUnixTimeMilliseconds());
        yield return new SqliteTrim(Unclaimed, settings.Name, MaxUnclaimed);
        if (settings.MaxLenApprox is { } most)
            yield return new SqliteTrim(TooMany, settings.Name, most);
        if (settings.StreamTtl is { } life)
            yield return new SqliteTrim(TooOld, settings.Name, (now - life).ToUnixTimeMilliseconds());
    }

    /// <summary>The number of events it has deleted.</summary>
    public int Apply(SqliteDatabase database)
    {
        database.Run(Sql, PubSub, Limit, MaxRows);
        return database.Changes;
    }
}
