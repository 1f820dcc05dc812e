using System.Text.Json;
using AgentMesh.Sidecar.State;
using SQLitePCL;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>Reminders in the embedded store. The data folder's lock keeps other sidecars away, so a lease is always held.</summary>
internal sealed class SqliteReminderStore(SqliteStateStore store) : IReminderStore
{
    /// <summary>Bytes of one load; the rest comes with the next.</summary>
    private const int MaxLoadBytes = 32 * 1024 * 1024;

    private const string SelectOne = "SELECT body FROM reminder WHERE key = ?1";
    private const string SelectDue = "SELECT body FROM reminder WHERE type = ?1 AND due <= ?2 ORDER BY due LIMIT ?3 OFFSET ?4";
    private const string Count = "SELECT count(*) FROM (SELECT 1 FROM reminder WHERE type = ?1 LIMIT ?2)";

    public async Task<Reminder?> GetAsync(ActorRef actor, string name, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            database =>
            {
                var select = database.Statement(SelectOne);
                database.BindText(select, 1, Reminder.KeyOf(actor, name));
                return Rows(database, select).FirstOrDefault();
            },
            cancellationToken);

    public async Task<bool> SaveAsync(Reminder reminder, bool overwrite, CancellationToken cancellationToken) =>
        await WriteAsync(new ReminderUpsert(reminder, overwrite, cancellationToken), cancellationToken);

    public async Task DeleteAsync(ActorRef actor, string name, CancellationToken cancellationToken) =>
        await WriteAsync(new ReminderDeletion(Reminder.KeyOf(actor, name), null, cancellationToken), cancellationToken);

    public Task<bool> AdvanceAsync(Reminder reminder, Reminder? next, CancellationToken cancellationToken) => WriteAsync(
        next is null ? new ReminderDeletion(reminder.Key, reminder.Revision, cancellationToken) : new ReminderAdvance(next, cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<Reminder>> LoadPageAsync(string type, DateTimeOffset until, int skip, int limit, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            database =>
            {
                var select = database.Statement(SelectDue);
                database.BindText(select, 1, type);
                database.BindInteger(select, 2, until.UtcTicks);
                database.BindInteger(select, 3, limit);
                database.BindInteger(select, 4, skip);
                return Rows(database, select).ToList();
            },
            cancellationToken);

    public async Task<long> CountAsync(string type, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            database =>
            {
                var count = database.Statement(Count);
                database.BindText(count, 1, type);
                database.BindInteger(count, 2, IReminderStore.MaxCounted);
                try
                {
                    return database.Step(count) ? raw.sqlite3_column_int64(count, 0) : 0;
                }
                finally
                {
                    _ = raw.sqlite3_reset(count);
                }
            },
            cancellationToken);

    public Task<bool> HoldLeaseAsync(string type, TimeSpan duration, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task ReleaseLeaseAsync(string type, CancellationToken cancellationToken) => Task.CompletedTask;

    private static IEnumerable<Reminder> Rows(SqliteDatabase database, sqlite3_stmt select)
    {
        var bytes = 0;
        try
        {
            while (bytes < MaxLoadBytes && database.Step(select))
            {
                var body = raw.sqlite3_column_blob(select, 0);
                bytes += body.Length;
                yield return JsonSerializer.Deserialize(body, ReminderJson.Default.Reminder)!;
            }
        }
        finally
        {
            _ = raw.sqlite3_reset(select); // ends the read transaction, whose snapshot would hold the log
        }
    }

    private async Task<bool> WriteAsync(ReminderWrite write, CancellationToken cancellationToken)
    {
        await store.WriteAsync(write, cancellationToken);
        return write.Applied;
    }
}
