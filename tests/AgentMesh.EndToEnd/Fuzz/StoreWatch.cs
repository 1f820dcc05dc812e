using Microsoft.Data.Sqlite;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>What stands in the embedded store under some keys: each key with the number of its last write, reminders too.</summary>
internal sealed class StoreWatch : IDisposable
{
    private readonly SqliteConnection _database;
    private readonly SqliteCommand _select;

    public StoreWatch(TestStore store)
    {
        _database = new SqliteConnection($"Data Source={Path.Combine(store.Data, "state.db")};Mode=ReadOnly");
        _database.Open();
        _select = _database.CreateCommand();
        _select.CommandText = "SELECT key || ' ' || version FROM state WHERE key >= $from AND key < $to UNION ALL SELECT key || ' ' || revision FROM reminder WHERE key >= $from AND key < $to";
        _select.Parameters.Add("$from", SqliteType.Text);
        _select.Parameters.Add("$to", SqliteType.Text);
        _select.Prepare();
    }

    /// <summary>Records and reminders of an agent.</summary>
    public IReadOnlyList<string> OfAgent(string user) => [.. Below($"agents||AgentActor||default:{user}||"), .. Below($"AgentActor||default:{user}||")];

    /// <summary>Waits until nothing of an agent's first message is under way: its wallet is written once more when the tenant's list has it.</summary>
    public async Task UntilSettledAsync(string user)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Wire.Patience);
        while (!OfAgent(user).Contains($"agents||AgentActor||default:{user}||wallet 2"))
            await Task.Delay(5, limit.Token);
    }

    /// <summary>Whatever stands under keys that begin so.</summary>
    public IReadOnlyList<string> Below(string prefix)
    {
        _select.Parameters["$from"].Value = prefix;
        _select.Parameters["$to"].Value = $"{prefix}\uffff";
        using var rows = _select.ExecuteReader();
        var found = new List<string>();
        while (rows.Read())
            found.Add(rows.GetString(0));
        return found;
    }

    public void Dispose()
    {
        _select.Dispose();
        _database.Dispose();
    }
}
