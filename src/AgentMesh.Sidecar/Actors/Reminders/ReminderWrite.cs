using System.Text.Json;
using AgentMesh.Sidecar.State;
using SQLitePCL;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>A change of one reminder, on its way to the writer of the embedded store.</summary>
internal abstract class ReminderWrite(string key, byte[]? body, CancellationToken cancellationToken) : SqliteWrite(cancellationToken)
{
    public override long Bytes => key.Length + (body?.Length ?? 0);

    /// <summary>Whether there was a row to change; set when the write has completed.</summary>
    public bool Applied { get; private set; }

    public sealed override void Apply(SqliteDatabase database)
    {
        var statement = Prepare(database);
        database.BindText(statement, 1, key);
        if (body is not null)
            database.BindBlob(statement, 2, body);
        database.Run(statement);
        Applied = database.Changes > 0;
    }

    /// <summary>The statement with all bound but the key (1) and the body (2).</summary>
    protected abstract sqlite3_stmt Prepare(SqliteDatabase database);

    protected static byte[] BodyOf(Reminder reminder) => JsonSerializer.SerializeToUtf8Bytes(reminder, ReminderJson.Default.Reminder);
}

/// <summary>A registration.</summary>
internal sealed class ReminderUpsert(Reminder reminder, bool overwrite, CancellationToken cancellationToken)
    : ReminderWrite(reminder.Key, BodyOf(reminder), cancellationToken)
{
    private const string Insert = "INSERT INTO reminder(key, body, type, due, revision) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(key) DO ";
    private const string Replace = Insert + "UPDATE SET body = excluded.body, due = excluded.due, revision = excluded.revision";
    private const string Keep = Insert + "NOTHING";

    protected override sqlite3_stmt Prepare(SqliteDatabase database)
    {
        var statement = database.Statement(overwrite ? Replace : Keep);
        database.BindText(statement, 3, reminder.Type);
        database.BindInteger(statement, 4, reminder.Due.UtcTicks);
        database.BindInteger(statement, 5, reminder.Revision);
        return statement;
    }
}

/// <summary>Progress of a reminder that goes on.</summary>
internal sealed class ReminderAdvance(Reminder next, CancellationToken cancellationToken) : ReminderWrite(next.Key, BodyOf(next), cancellationToken)
{
    protected override sqlite3_stmt Prepare(SqliteDatabase database)
    {
        var statement = database.Statement("UPDATE reminder SET body = ?2, due = ?3 WHERE key = ?1 AND revision = ?4");
        database.BindInteger(statement, 3, next.Due.UtcTicks);
        database.BindInteger(statement, 4, next.Revision);
        return statement;
    }
}

/// <summary>The end of a reminder; only of the given registration where one is given.</summary>
internal sealed class ReminderDeletion(string key, long? revision, CancellationToken cancellationToken) : ReminderWrite(key, null, cancellationToken)
{
    protected override sqlite3_stmt Prepare(SqliteDatabase database)
    {
        if (revision is not { } wanted)
            return database.Statement("DELETE FROM reminder WHERE key = ?1");
        var statement = database.Statement("DELETE FROM reminder WHERE key = ?1 AND revision = ?2");
        database.BindInteger(statement, 2, wanted);
        return statement;
    }
}
