using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>All agents of a tenant share its limit, in two processes that are killed while models write; and a frozen tenant spends nothing.</summary>
public sealed class TenantLimitTests
{
    private const string Model = "20ms-12tokens";
    private const int Users = 4;

    /// <summary>$0.03, in micro-USD, for all of them together. Each alone may spend the default of $50.</summary>
    private const long Cap = 30_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Tenant_SpendsNoMoreThanItsLimit_WhereverTheHoldersOfItsLeasesAreKilled(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        await using var store = await TestStore.CreateAsync(kind);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", ["--replicas", "agents=2", .. MeshOptions.Model(model, Model), .. MeshOptions.Price(Model)]);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await SendAsync(
            client, HttpMethod.Put, "/admin/tenants/default/budget", new { limits = new[] { new { asset = "USD", window = "rolling:24h", limit = $"{Cap}" } } });
        var senders = Enumerable.Range(0, Users).Select(n => SpendAsync(client, $"user-{n}")).ToList();
        var random = new Random(1);
        for (var kill = 0; kill < 3; kill++)
        {
            // The moment is what is random here: somewhere in a turn of some 300 ms.
            await Task.Delay(random.Next(200, 1000), TestContext.Current.CancellationToken);
            await mesh.ReplaceAsync(mesh.Ready.Apps.Where(app => app.Id == "agents").ElementAt(kill % 2));
        }

        var scopes = await Task.WhenAll(senders).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.All(scopes, scope => Assert.Equal("tenant", scope));
        var limit = Assert.Single((await GetAsync(client, "/admin/tenants/default")).GetProperty("limits").EnumerateArray());
        var tenant = Number(limit, "posted") + Number(limit, "held");
        var agentsTogether = 0L;
        for (var n = 0; n < Users; n++)
            agentsTogether += await UsedAsync(client, $"user-{n}");
        TestContext.Current.TestOutputHelper!.WriteLine($"The agents have spent {agentsTogether}, the tenant counts {tenant} of {Cap}.");
        Assert.True(agentsTogether > 0 && agentsTogether <= tenant && tenant <= Cap, $"The agents have spent {agentsTogether}, the tenant counts {tenant} of {Cap}.");
    }

    [Fact]
    public async Task FrozenTenant_SpendsNothing_AndAnswers()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", ["--replicas", "agents=2", .. MeshOptions.Model(model, Model), .. MeshOptions.Price(Model)]);
        using var client = new AgentClient(mesh.Ready.Gateway);
        Assert.Equal("completed", (await EndOfTurnAsync(client, "alice", "before")).Status);
        await SendAsync(client, HttpMethod.Post, "/admin/tenants/default/freeze", new { reason = "audit" });
        var spent = await UsedAsync(client, "alice");
        // As often as it takes: what began within the second that a freeze may need is allowed to end.
        (string? Status, string? Code) end;
        do
        {
            spent = await UsedAsync(client, "alice");
            end = await EndOfTurnAsync(client, "alice", Guid.NewGuid().ToString("N"));
        }
        while (end.Status == "completed");

        Assert.Equal(("paused", "tenant_frozen"), end);
        Assert.Equal(spent, await UsedAsync(client, "alice"));
        Assert.True((await GetAsync(client, "/admin/tenants/default")).GetProperty("isFrozen").GetBoolean());
    }

    /// <summary>Sends one message after the other until a turn is paused.</summary>
    /// <returns>The scope of the limit that has paused it.</returns>
    private static async Task<string?> SpendAsync(AgentClient client, string user)
    {
        for (var n = 0; ; n++)
        {
            var (status, scope) = await EndOfTurnAsync(client, user, $"{user}-{n}", member: "scope");
            if (status == "paused")
                return scope;
            Assert.Equal("completed", status);
        }
    }

    /// <summary>Sends a message and waits until its turn is over, or paused.</summary>
    private static async Task<(string? Status, string? Why)> EndOfTurnAsync(AgentClient client, string user, string key, string member = "code")
    {
        var turn = Text(await SendAsync(client, HttpMethod.Post, $"/agent/{user}/message", new { content = "Hello" }, key), "turnId");
        while (true)
        {
            var found = await GetAsync(client, $"/agent/{user}/turns/{turn}");
            if (Text(found, "status") is not ("queued" or "running") and var status)
                return (status, status == "paused" ? Text(found.GetProperty("pause"), member) : null);
            // The long poll says when something has happened; what it says does not matter here.
            await GetAsync(client, $"/agent/{user}/events?after={turn}&wait=1");
        }
    }

    private static async Task<long> UsedAsync(AgentClient client, string user)
    {
        var budget = await GetAsync(client, $"/agent/{user}/budget");
        var limit = budget.GetProperty("limits").EnumerateArray().Single(one => Text(one, "asset") == "USD");
        Assert.Equal("0", Text(limit, "overrun"));
        return Number(limit, "posted") + Number(limit, "held");
    }

    private static Task<JsonElement> GetAsync(AgentClient client, string path) => SendAsync(client, HttpMethod.Get, path, null);

    /// <summary>Asks until a process that was killed has its successor.</summary>
    private static async Task<JsonElement> SendAsync(AgentClient client, HttpMethod method, string path, object? body, string? key = null)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Add("Accept", "application/json");
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
                request.Headers.Add("Prefer", "respond-async");
            }

            using var answer = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
            if (answer.IsSuccessStatusCode)
                return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    private static string? Text(JsonElement json, string member) => json.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static long Number(JsonElement json, string member) => long.Parse(Text(json, member)!, CultureInfo.InvariantCulture);
}
