using AgentMesh.Sidecar.State;
using SQLitePCL;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// Keeps the event tables bounded: events that every group has completed go after a day, a topic without any group keeps its
/// newest ones. Never more than a few rows in one write.
/// </summary>
internal sealed partial class SqliteTrim(SqliteStateStore store, PubSubSettings settings, ILogger logger, TimeProvider timeProvider) : IAsyncDisposable
{
    /// <summary>How long completed events stay, for a group that comes late.</summary>
    public static readonly TimeSpan KeepCompleted = TimeSpan.FromHours(24);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>Events of a topic that nobody has ever subscribed.</summary>
    private const int MaxUnclaimed = 100_000;

    /// <summary>Rows of one write.</summary>
    private const int MaxRows = 1000;

    private const string Completed = """
        DELETE FROM event WHERE id IN (
          SELECT e.id FROM event e WHERE e.pubsub = ?1 AND e.published_at < ?2
            AND EXISTS (SELECT 1 FROM consumer c WHERE c.pubsub = e.pubsub AND c.topic = e.topic)
            AND NOT EXISTS (SELECT 1 FROM consumer c WHERE c.pubsub = e.pubsub AND c.topic = e.topic
              AND (c.position < e.id OR EXISTS (SELECT 1 FROM pending p WHERE p.consumer = c.id AND p.event = e.id)))
          ORDER BY e.id LIMIT ?3)
        """;

    private const string Unclaimed = """
        DELETE FROM event WHERE id IN (
          SELECT id FROM (SELECT e.id, row_number() OVER (PARTITION BY e.topic ORDER BY e.id DESC) AS newest FROM event e
            WHERE e.pubsub = ?1 AND NOT EXISTS (SELECT 1 FROM consumer c WHERE c.pubsub = e.pubsub AND c.topic = e.topic))
          WHERE newest > ?2 LIMIT ?3)
        """;

    // As Redis trims a stream: whatever is older, completed or not.
    private const string TooMany = """
        DELETE FROM event WHERE id IN (
          SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY topic ORDER BY id DESC) AS newest FROM event WHERE pubsub = ?1)
          WHERE newest > ?2 LIMIT ?3)
        """;

    private const string TooOld = "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE pubsub = ?1 AND published_at < ?2 ORDER BY id LIMIT ?3)";

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = LoopAsync();

    /// <summary>Once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await DeleteAsync(Completed, (now - KeepCompleted).ToUnixTimeMilliseconds(), cancellationToken);
        await DeleteAsync(Unclaimed, MaxUnclaimed, cancellationToken);
        if (settings.MaxLenApprox is { } most)
            await DeleteAsync(TooMany, most, cancellationToken);
        if (settings.StreamTtl is { } life)
            await DeleteAsync(TooOld, (now - life).ToUnixTimeMilliseconds(), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    await RunAsync(_stopping.Token);
                }
                catch (StateStoreException failure)
                {
                    LogTrimFailed(settings.Name, failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task DeleteAsync(string sql, long limit, CancellationToken cancellationToken)
    {
        var rows = MaxRows;
        while (rows == MaxRows)
        {
            await WriteAsync(
                database =>
                {
                    var delete = database.Statement(sql + " RETURNING 1");
                    database.BindText(delete, 1, settings.Name);
                    SqliteEvents.Bind(delete, 2, limit);
                    SqliteEvents.Bind(delete, 3, MaxRows);
                    try
                    {
                        for (rows = 0; database.Step(delete); rows++)
                        {
                        }
                    }
                    finally
                    {
                        _ = raw.sqlite3_reset(delete);
                    }
                },
                cancellationToken);
        }
    }

    private Task WriteAsync(Action<SqliteDatabase> apply, CancellationToken cancellationToken) =>
        store.WriteAsync(new SqliteWrite(apply, 0, cancellationToken), cancellationToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The events of {PubSub} could not be trimmed; the next attempt follows.")]
    private partial void LogTrimFailed(string pubSub, Exception exception);
}
