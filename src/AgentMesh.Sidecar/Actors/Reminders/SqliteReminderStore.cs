using System.Text.Json;
using AgentMesh.Sidecar.State;
using SQLitePCL;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>Reminders in the embedded store. The data folder's lock keeps other sidecars away, so a lease is always held.</summary>
internal sealed class SqliteReminderStore(SqliteStateStore store) : IReminderStore
{
    /// <summary>Characters of the data of one load; the rest comes with the next.</summary>
    private const int MaxLoaded = 32 * 1024 * 1024;

    private const string Insert = "INSERT INTO reminder(key, body, type, due, revision) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(key) DO ";
    private const string Replace = Insert + "UPDATE SET body = excluded.body, due = excluded.due, revision = excluded.revision";
    private const string Keep = Insert + "NOTHING";
    private const string Advance = "UPDATE reminder SET body = ?2, due = ?3 WHERE key = ?1 AND revision = ?4";
    private const string DeleteRevision = "DELETE FROM reminder WHERE key = ?1 AND revision = ?2";
    private const string SelectDue = "SELECT body FROM reminder WHERE type = ?1 AND due <= ?2 ORDER BY due LIMIT ?3 OFFSET ?4";
    private const string Count = "SELECT count(*) FROM (SELECT 1 FROM reminder WHERE type = ?1 LIMIT ?2)";

    public async Task<Reminder?> GetAsync(ActorRef actor, string name, CancellationToken cancellationToken) =>
        await store.ReadAsync(database => database.Query("SELECT body FROM reminder WHERE key = ?1", Read, Reminder.KeyOf(actor, name)).FirstOrDefault(), cancellationToken);

    public Task<bool> SaveAsync(Reminder reminder, bool overwrite, CancellationToken cancellationToken) => RunAsync(
        overwrite ? Replace : Keep, [reminder.Key, BodyOf(reminder), reminder.Type, reminder.Due.UtcTicks, reminder.Revision], cancellationToken);

    public Task DeleteAsync(ActorRef actor, string name, CancellationToken cancellationToken) =>
        RunAsync("DELETE FROM reminder WHERE key = ?1", [Reminder.KeyOf(actor, name)], cancellationToken);

    public Task<bool> AdvanceAsync(Reminder reminder, Reminder? next, CancellationToken cancellationToken) => next is null
        ? RunAsync(DeleteRevision, [reminder.Key, reminder.Revision], cancellationToken)
        : RunAsync(Advance, [reminder.Key, BodyOf(next), next.Due.UtcTicks, reminder.Revision], cancellationToken);

    public async Task<IReadOnlyList<Reminder>> LoadPageAsync(string type, DateTimeOffset until, int skip, int limit, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            database =>
            {
                var (found, characters) = (new List<Reminder>(), 0);
                foreach (var reminder in database.Query(SelectDue, Read, type, until.UtcTicks, limit, skip))
                {
                    found.Add(reminder);
                    if ((characters += reminder.Data?.Length ?? 0) > MaxLoaded)
                        break;
                }

                return found;
            },
            cancellationToken);

    public async Task<long> CountAsync(string type, CancellationToken cancellationToken) =>
        await store.ReadAsync(database => database.Query(Count, row => raw.sqlite3_column_int64(row, 0), type, IReminderStore.MaxCounted).First(), cancellationToken);

    public Task<bool> HoldLeaseAsync(string type, TimeSpan duration, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task ReleaseLeaseAsync(string type, CancellationToken cancellationToken) => Task.CompletedTask;

    private static byte[] BodyOf(Reminder reminder) => JsonSerializer.SerializeToUtf8Bytes(reminder, ReminderJson.Default.Reminder);

    private static Reminder Read(sqlite3_stmt row) => JsonSerializer.Deserialize(raw.sqlite3_column_blob(row, 0), ReminderJson.Default.Reminder)!;

    // True: there was a row to change.
    private async Task<bool> RunAsync(string sql, SqliteValue[] values, CancellationToken cancellationToken)
    {
        var changed = false;
        await store.WriteAsync(
            new SqliteWrite(
                database =>
                {
                    database.Run(sql, values);
                    changed = database.Changes > 0;
                },
                values.Sum(value => value.Blob?.Length ?? 0L), cancellationToken),
            cancellationToken);
        return changed;
    }
}
