using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>Schedules of sleeping agents, while the process that hosts them is killed again and again.</summary>
public sealed class ScheduleCrashTests
{
    private const int Users = 8;
    private const int Each = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task EveryOccurrence_IsOneMessage_WhereverTheAgentsAreKilled(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", "--set", "AgentMesh__Actors__IdleTimeoutSeconds=1");
        using var client = new AgentClient(mesh.Ready.Gateway);
        // The first call of all is slow: a schedule in the past would be refused.
        await client.Http.GetStringAsync("/agent/user-0/info", TestContext.Current.CancellationToken);
        // Spread over two seconds, so that kills come before, between and in the middle of the runs.
        var first = DateTimeOffset.UtcNow.AddSeconds(8);
        await Task.WhenAll(Enumerable.Range(0, Users).Select(user => ScheduleAsync(client, user, first)));

        for (var kill = 0; kill < 4; kill++)
        {
            // What is random here is the moment within the runs.
            var wait = first.AddMilliseconds(kill * 500 + Random.Shared.Next(300)) - DateTimeOffset.UtcNow;
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, TestContext.Current.CancellationToken);
            await mesh.ReplaceAsync(mesh.Ready.App("agents"));
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        for (var user = 0; user < Users; user++)
        {
            while (await CountAsync(client, user, "active") > 0)
                await Task.Delay(200, limit.Token);
            Assert.Equal(Each, await CountAsync(client, user, "done"));
            var history = await client.HistoryAsync($"user-{user}");
            Assert.Equal(
                Enumerable.Range(0, Each).Select(n => $"run {n}"), history.Where(message => message.Role == "user").Select(message => message.Content).Order(StringComparer.Ordinal));
        }

        // The schedules are over, and nothing ticks for them any more.
        while ((await mesh.RemindersAsync()).Contains("schedule"))
            await Task.Delay(100, limit.Token);
    }

    private static async Task ScheduleAsync(AgentClient client, int user, DateTimeOffset first)
    {
        for (var n = 0; n < Each; n++)
        {
            var at = first.AddMilliseconds((user * Each + n) * 50).ToString("o", CultureInfo.InvariantCulture);
            using var made = await client.Http.PostAsJsonAsync(
                $"/agent/user-{user}/schedules", new { content = $"run {n}", at }, TestContext.Current.CancellationToken);
            Assert.Equal(System.Net.HttpStatusCode.Created, made.StatusCode);
        }
    }

    private static async Task<int> CountAsync(AgentClient client, int user, string status)
    {
        var list = await client.Http.GetFromJsonAsync<JsonElement>($"/agent/user-{user}/schedules", TestContext.Current.CancellationToken);
        return list.GetProperty("schedules").EnumerateArray().Count(schedule => schedule.GetProperty("status").GetString() == status);
    }
}
