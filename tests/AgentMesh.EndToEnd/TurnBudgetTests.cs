using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>
/// Models that cost something, with two agents processes that are killed while they write: turns stop at the cap, go on when it is raised, and no cap
/// is ever passed. The long form is <c>AGENTMESH_TURN_KILLS=50 AGENTMESH_SEED=1 dotnet test --project tests/AgentMesh.EndToEnd -- --filter-class '*TurnBudgetTests'</c>.
/// </summary>
[Collection(nameof(PricedMeshes))]
public sealed class TurnBudgetTests(PricedMeshes meshes)
{
    private const int Users = 4;

    /// <summary>$0.02, in micro-USD.</summary>
    private const long Cap = 20_000;

    private const long RaisedCap = 100 * Cap;

    /// <summary>A turn costs more than a thousandth of a dollar before long, so that the cap comes sooner than this.</summary>
    private const int MostMessages = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Turns_StopAtTheCap_AndGoOnWhenItIsRaised_WhereverTheAgentsAreKilled(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        var kills = LongForm.Number("AGENTMESH_TURN_KILLS", 3);
        var seed = LongForm.Number("AGENTMESH_SEED", Environment.TickCount & 0xffff);
        TestContext.Current.TestOutputHelper!.WriteLine($"AGENTMESH_TURN_KILLS={kills} AGENTMESH_SEED={seed}");
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);
        var users = Enumerable.Range(0, Users).Select(n => $"turns-user-{n}").ToList();
        foreach (var user in users)
            await SetCapAsync(client, user, Cap);

        var senders = users.Select(user => SpendAsync(client, user)).ToList();
        var random = new Random(seed);
        for (var kill = 0; kill < kills; kill++)
        {
            // The moment is what is random here: somewhere in a turn of some 300 ms.
            await Task.Delay(random.Next(50, 1500), TestContext.Current.CancellationToken);
            await mesh.ReplaceAsync(mesh.Ready.Apps.Where(app => app.Id == "agents").ElementAt(kill % 2));
        }

        var paused = await Task.WhenAll(senders).WaitAsync(Patience, TestContext.Current.CancellationToken);
        for (var n = 0; n < Users; n++)
            await AssertPausedAsync(client, users[n], paused[n]);
        foreach (var user in users)
            await SetCapAsync(client, user, RaisedCap);
        for (var n = 0; n < Users; n++)
            Assert.Equal("completed", (await EndOfAsync(client, users[n], paused[n], isOver: status => status is not ("queued" or "running" or "paused"))).GetProperty("status").GetString());
        foreach (var user in users)
            await AssertCountedAsync(client, user);
    }

    private static async Task SetCapAsync(AgentClient client, string user, long microUsd)
    {
        while (true)
        {
            using var answer = await client.Http.PutAsJsonAsync(
                $"/agent/{user}/budget", new { limits = new[] { new { scope = "agent", asset = "USD", window = "once", limit = $"{microUsd}" } } }, TestContext.Current.CancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK)
                return;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    /// <summary>Sends one message after the other until a turn is paused.</summary>
    /// <returns>That turn.</returns>
    private static async Task<string> SpendAsync(AgentClient client, string user)
    {
        for (var n = 0; n < MostMessages; n++)
        {
            var turn = await AcceptAsync(client, user, $"message {n}", $"{user}-{n}");
            var end = await EndOfAsync(client, user, turn, isOver: status => status is not ("queued" or "running"));
            if (end.GetProperty("status").GetString() == "paused")
                return turn;
            Assert.Equal("completed", end.GetProperty("status").GetString());
        }

        throw new InvalidOperationException("The cap was never reached.");
    }

    private static async Task<string> AcceptAsync(AgentClient client, string user, string content, string key)
    {
        while (true)
        {
            using var answer = await PostAsync(client, user, content, key);
            if (answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK)
                return (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("turnId").GetString()!;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(AgentClient client, string user, string content, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/agent/{user}/message") { Content = JsonContent.Create(new { content }) };
        request.Headers.Add("Idempotency-Key", key);
        request.Headers.Add("Prefer", "respond-async");
        return await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<JsonElement> EndOfAsync(AgentClient client, string user, string turn, Func<string, bool> isOver)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            using var answer = await client.Http.GetAsync(new Uri($"/agent/{user}/turns/{turn}", UriKind.Relative), limit.Token);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                var found = await answer.Content.ReadFromJsonAsync<JsonElement>(limit.Token);
                if (isOver(found.GetProperty("status").GetString()!))
                    return found;
            }

            // The long poll says when something has happened; what it says does not matter here.
            using var poll = new HttpRequestMessage(HttpMethod.Get, $"/agent/{user}/events?after={turn}&wait=1");
            poll.Headers.Add("Accept", "application/json");
            using var polled = await client.Http.SendAsync(poll, limit.Token);
        }
    }

    private static async Task AssertPausedAsync(AgentClient client, string user, string turn)
    {
        var pause = (await EndOfAsync(client, user, turn, status => status == "paused")).GetProperty("pause");
        Assert.Equal(("budget_reached", "agent", "USD"), (Text(pause, "reason"), Text(pause, "scope"), Text(pause, "asset")));
        var (posted, held) = await UsedAsync(client, user);
        Assert.Equal(0, held);
        Assert.True(posted <= Cap, $"{posted} of {Cap}");
        using var refused = await PostAsync(client, user, "one more", $"{user}-more");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal((turn, $"{Cap - posted}"), (Text(problem, "turnId"), Text(problem, "available")));
    }

    /// <summary>What is posted is what the messages say, and what runs have held that were killed; from here on nothing is killed.</summary>
    private static async Task AssertCountedAsync(AgentClient client, string user)
    {
        var (before, said) = ((await UsedAsync(client, user)).Posted, await SaidAsync(client, user));
        Assert.True(before >= said, $"{before} are posted, and messages say {said}.");
        for (var n = 0; n < 3; n++)
            await AcceptAndEndAsync(client, user, $"more {n}", $"{user}-more-{n}");
        var (posted, held) = await UsedAsync(client, user);
        Assert.Equal((before + await SaidAsync(client, user) - said, 0), (posted, held));
    }

    private static async Task AcceptAndEndAsync(AgentClient client, string user, string content, string key)
    {
        var turn = await AcceptAsync(client, user, content, key);
        Assert.Equal("completed", Text(await EndOfAsync(client, user, turn, status => status is not ("queued" or "running")), "status"));
    }

    private static async Task<(long Posted, long Held)> UsedAsync(AgentClient client, string user)
    {
        var budget = await client.Http.GetFromJsonAsync<JsonElement>($"/agent/{user}/budget", TestContext.Current.CancellationToken);
        var limit = Assert.Single(budget.GetProperty("limits").EnumerateArray());
        Assert.Equal("0", Text(limit, "overrun"));
        return (long.Parse(Text(limit, "posted")!, CultureInfo.InvariantCulture), long.Parse(Text(limit, "held")!, CultureInfo.InvariantCulture));
    }

    /// <summary>The sum of what the messages of the assistant say they have cost. Each turn ends once.</summary>
    private static async Task<long> SaidAsync(AgentClient client, string user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/agent/{user}/events?after=0");
        request.Headers.Add("Accept", "application/json");
        using var answer = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var messages = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("events").EnumerateArray()
            .Where(one => Text(one, "type") is "message" or "error").Select(one => one.GetProperty("data")).ToList();
        Assert.All(
            messages.GroupBy(data => Text(data, "turn")),
            turn => Assert.Equal(["user", "assistant"], turn.Select(data => Text(data, "role"))));
        return messages.Where(data => data.TryGetProperty("usage", out _))
            .Sum(data => long.Parse(Text(data.GetProperty("usage"), "costMicroUsd")!, CultureInfo.InvariantCulture));
    }

    private static string? Text(JsonElement json, string member) => json.TryGetProperty(member, out var value) ? value.GetString() : null;
}
