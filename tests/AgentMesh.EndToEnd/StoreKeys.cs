using Microsoft.Data.Sqlite;
using StackExchange.Redis;

namespace AgentMesh.EndToEnd;

/// <summary>Under which keys a running mesh has stored something.</summary>
internal static class StoreKeys
{
    public static async Task<IReadOnlyList<string>> ReadAsync(TestStore store)
    {
        if (store.Redis is { } endpoint)
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(endpoint);
            return [.. redis.GetServer(endpoint).Keys().Select(key => key.ToString())];
        }

        await using var database = new SqliteConnection($"Data Source={Path.Combine(store.Data, "state.db")};Mode=ReadOnly");
        await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var select = database.CreateCommand();
        select.CommandText = "SELECT key FROM state UNION ALL SELECT key FROM reminder";
        await using var rows = await select.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var keys = new List<string>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            keys.Add(rows.GetString(0));
        return keys;
    }
}
