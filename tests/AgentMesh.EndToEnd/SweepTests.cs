using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>
/// Reminders are lost, as with a scheduler's volume, while their agents sleep: the sweep does what they would have done. Until it has, no test calls an
/// agent, because a call would register its reminders again. Eight agents by default; the long form is
/// <c>AGENTMESH_SWEPT_AGENTS=1000 dotnet test --project tests/AgentMesh.EndToEnd -- --filter-class '*EndToEnd.SweepTests'</c>.
/// </summary>
public sealed class SweepTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Quick =
    [
        "--set", "AgentMesh__Actors__IdleTimeoutSeconds=1",
        "--set", "AgentMesh__Sweep__IntervalSeconds=2",
        "--set", "AgentMesh__Sweep__GraceSeconds=1",
        "--set", "AgentMesh__Sweep__NoteDelaySeconds=0",
    ];

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task SchedulesOfSleepingAgents_RunOnce_ThoughTheirRemindersAreLost(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        var users = Environment.GetEnvironmentVariable("AGENTMESH_SWEPT_AGENTS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 8;
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", Quick);
        using var client = new AgentClient(mesh.Ready.Gateway);
        var at = DateTimeOffset.UtcNow.AddSeconds(20 + users / 20);
        await EachAsync(users, async user =>
        {
            using var made = await client.Http.PostAsJsonAsync(
                $"/agent/user-{user}/schedules", new { content = "run", at = at.ToString("o", CultureInfo.InvariantCulture) }, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        });

        await UntilAsync(async () => (await mesh.TenantsWithDueWorkAsync()).Count == 1 && await mesh.ActiveActorsAsync() == 0);
        await EachAsync(users, user => mesh.LoseReminderAsync($"default:user-{user}", "schedule"));
        // Those of the new wallets go by themselves, when their tenant's list has them.
        await UntilAsync(async () => (await mesh.RemindersAsync()).Count == 0);
        Assert.True(DateTimeOffset.UtcNow < at, "The machine was too slow: the schedules were due before their reminders were lost.");

        // The last agent is settled: nothing is due any more.
        await UntilAsync(async () => (await mesh.TenantsWithDueWorkAsync()).Count == 0, at);
        var late = DateTimeOffset.UtcNow - at;
        TestContext.Current.TestOutputHelper!.WriteLine($"all {users} had run {late.TotalSeconds:0.0} s after their time");
        await EachAsync(users, async user =>
        {
            var history = await client.HistoryAsync($"user-{user}");
            Assert.Equal(["user", "assistant"], history.Select(message => message.Role));
        });

        await UntilAsync(async () => await mesh.ActiveActorsAsync() == 0 && (await mesh.RemindersAsync()).Count == 0);
    }

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task TurnOfADeadProcess_RunsAgain_ThoughItsReminderIsLost(StoreKind kind)
    {
        LongForm.OrSkip();
        const string Model = "500ms-12tokens";
        await using var store = await TestStore.CreateAsync(kind);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        // A reminder that comes every five minutes is not there to help in this test.
        await using var mesh = await Mesh.StartAsync(
            store.Data, store.Redis, "ready.json", [.. Quick, .. MeshOptions.Model(model, Model), "--set", "AgentMesh__Turns__WorkIntervalSeconds=300"]);
        using var client = new AgentClient(mesh.Ready.Gateway);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/agent/alice/message") { Content = JsonContent.Create(new { content = "hello" }) };
        request.Headers.Add("Prefer", "respond-async");
        using var accepted = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);

        await UntilAsync(async () => (await mesh.TenantsWithDueWorkAsync()).Count == 1);
        await mesh.LoseReminderAsync("default:alice", "work");
        // The one of the new wallet goes by itself, when its tenant's list has it.
        await UntilAsync(async () => (await mesh.RemindersAsync()).Count == 0);
        await mesh.ReplaceAsync(mesh.Ready.App("agents"));
        await UntilAsync(async () => (await mesh.TenantsWithDueWorkAsync()).Count == 0);

        using var poll = new HttpRequestMessage(HttpMethod.Get, "/agent/alice/events?after=0");
        poll.Headers.Add("Accept", "application/json");
        using var answer = await client.Http.SendAsync(poll, TestContext.Current.CancellationToken);
        var log = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(
            ["hello", ModelReply.Of(ModelBehavior.Parse(Model), "hello")],
            log.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("data").GetProperty("content").GetString()));
        await UntilAsync(async () => await mesh.ActiveActorsAsync() == 0 && (await mesh.RemindersAsync()).Count == 0);
    }

    private static Task EachAsync(int users, Func<int, Task> doAsync) => Parallel.ForAsync(
        0, users, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (user, _) => await doAsync(user));

    /// <summary>Nobody tells when it changes.</summary>
    private static async Task UntilAsync(Func<Task<bool>> conditionAsync, DateTimeOffset? notBefore = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience + (notBefore - DateTimeOffset.UtcNow ?? TimeSpan.Zero));
        while (!await conditionAsync())
            await Task.Delay(100, limit.Token);
    }
}
