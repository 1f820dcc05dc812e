using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>
/// The agents process is killed while models write. Five kills by default; the long form is
/// <c>AGENTMESH_TURN_KILLS=100 AGENTMESH_SEED=1 dotnet test --project tests/AgentMesh.EndToEnd -- --filter-class '*TurnCrashTests'</c>.
/// </summary>
public sealed class TurnCrashTests
{
    private const int Users = 8;
    private const string Model = "20ms-12tokens";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task EveryAcceptedMessage_EndsOnce_AndWatchersSeeEachEventOnce_WhereverTheAgentsAreKilled(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        var kills = LongForm.Number("AGENTMESH_TURN_KILLS", 5);
        var seed = LongForm.Number("AGENTMESH_SEED", Environment.TickCount & 0xffff);
        TestContext.Current.TestOutputHelper!.WriteLine($"AGENTMESH_TURN_KILLS={kills} AGENTMESH_SEED={seed}");
        await using var store = await TestStore.CreateAsync(kind);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", MeshOptions.Model(model, Model));
        var users = Enumerable.Range(0, Users).Select(n => $"user-{n}").ToList();
        var watchers = users.Select(user => new AgentSocket(user, () => mesh.Ready.Gateway)).ToList();
        watchers.ForEach(watcher => watcher.Start());

        using var stop = new CancellationTokenSource();
        var accepted = new ConcurrentQueue<(string User, string Turn, string Content)>();
        using var client = new AgentClient(mesh.Ready.Gateway);
        var senders = users.Select((user, n) => SendAsync(client, user, n, accepted, stop.Token)).ToList();
        var random = new Random(seed);
        for (var kill = 0; kill < kills; kill++)
        {
            // The moment is what is random here: somewhere in a turn of some 300 ms.
            await Task.Delay(random.Next(20, 700), TestContext.Current.CancellationToken);
            await mesh.ReplaceAsync(mesh.Ready.App("agents"));
        }

        await stop.CancelAsync();
        // While processes are killed faster than a turn takes, a turn may wait for long; from here on it has to end.
        await Task.WhenAll(senders).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.NotEmpty(accepted);
        foreach (var (user, turn, content) in accepted)
            await AssertAnsweredAsync(client, user, turn, content);
        for (var n = 0; n < Users; n++)
            await AssertLogAsync(client, users[n], watchers[n]);
        Assert.True(watchers.Sum(watcher => watcher.Deltas) > 0, "No text was seen being written.");
        watchers.ForEach(watcher => watcher.Dispose());
    }

    private static async Task SendAsync(
        AgentClient client, string user, int n, ConcurrentQueue<(string, string, string)> accepted, CancellationToken stopped)
    {
        for (var number = 0; !stopped.IsCancellationRequested; number++)
        {
            var content = $"message {n}-{number}";
            var turn = await AcceptAsync(client, user, content, $"{user}-{number}");
            accepted.Enqueue((user, turn, content));
            // One after the other, so that a kill finds a turn that runs, and not a queue.
            await WaitForEndAsync(client, user, turn, Timeout.InfiniteTimeSpan);
        }
    }

    private static async Task<string> AcceptAsync(AgentClient client, string user, string content, string key)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/agent/{user}/message") { Content = JsonContent.Create(new { content }) };
            request.Headers.Add("Idempotency-Key", key);
            request.Headers.Add("Prefer", "respond-async");
            using var answer = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
            if (answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK)
                return (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("turnId").GetString()!;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    private static async Task<JsonElement> WaitForEndAsync(AgentClient client, string user, string turn, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience);
        while (true)
        {
            using var answer = await client.Http.GetAsync(new Uri($"/agent/{user}/turns/{turn}", UriKind.Relative), limit.Token);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                var found = await answer.Content.ReadFromJsonAsync<JsonElement>(limit.Token);
                if (found.GetProperty("status").GetString() is not ("queued" or "running"))
                    return found;
            }

            // The long poll says when something has happened; what it says does not matter here.
            using var poll = new HttpRequestMessage(HttpMethod.Get, $"/agent/{user}/events?after={turn}&wait=1");
            poll.Headers.Add("Accept", "application/json");
            using var polled = await client.Http.SendAsync(poll, limit.Token);
        }
    }

    private static async Task AssertAnsweredAsync(AgentClient client, string user, string turn, string content)
    {
        var ended = await WaitForEndAsync(client, user, turn, Patience);
        Assert.Equal("completed", ended.GetProperty("status").GetString());
        Assert.Equal(ModelReply.Of(ModelBehavior.Parse(Model), content), ended.GetProperty("answer").GetProperty("response").GetString());
    }

    private static async Task AssertLogAsync(AgentClient client, string user, AgentSocket watcher)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/agent/{user}/events?after=0");
        request.Headers.Add("Accept", "application/json");
        using var answer = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var log = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        var events = log.GetProperty("events").EnumerateArray().ToList();
        Assert.Equal(log.GetProperty("last").GetInt64(), events.Count);
        await watcher.WaitForAsync(events.Count, Patience);
        await watcher.StopAsync();
        Assert.Empty(watcher.Faults);
        Assert.Equal(events.Select(ContentOf), watcher.Events.Select(ContentOf));

        // Each turn once: its question and its one end.
        var turns = events.GroupBy(one => one.GetProperty("data").GetProperty("turn").GetString());
        Assert.All(turns, turn => Assert.Equal(["user", "assistant"], turn.Select(one => one.GetProperty("data").GetProperty("role").GetString())));
    }

    private static string? ContentOf(JsonElement one) => (one.TryGetProperty("data", out var data) ? data : one).GetProperty("content").GetString();
}
