using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>All agents of a tenant share its limit, in two processes that are killed while models write; and a frozen tenant spends nothing.</summary>
[Collection(nameof(PricedMeshes))]
public sealed class TenantLimitTests(PricedMeshes meshes)
{
    // Tenants of their own: the mesh is that of other tests too.
    private const string Capped = "capped";
    private const string Frozen = "frozen";
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
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await SendAsync(
            client, HttpMethod.Put, $"/admin/tenants/{Capped}/budget", new { limits = new[] { new { asset = "USD", window = "rolling:24h", limit = $"{Cap}" } } });
        var senders = Enumerable.Range(0, Users).Select(n => SpendAsync(client, $"/t/{Capped}/agent/user-{n}")).ToList();
        var random = new Random(1);
        for (var kill = 0; kill < 3; kill++)
        {
            // The moment is what is random here: somewhere in a turn of some 300 ms.
            await Task.Delay(random.Next(200, 1000), TestContext.Current.CancellationToken);
            await mesh.ReplaceAsync(mesh.Ready.Apps.Where(app => app.Id == "agents").ElementAt(kill % 2));
        }

        var scopes = await Task.WhenAll(senders).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.All(scopes, scope => Assert.Equal("tenant", scope));
        var limit = Assert.Single((await GetAsync(client, $"/admin/tenants/{Capped}")).GetProperty("limits").EnumerateArray());
        var tenant = Number(limit, "posted") + Number(limit, "held");
        var agentsTogether = 0L;
        for (var n = 0; n < Users; n++)
            agentsTogether += await UsedAsync(client, $"/t/{Capped}/agent/user-{n}");
        TestContext.Current.TestOutputHelper!.WriteLine($"The agents have spent {agentsTogether}, the tenant counts {tenant} of {Cap}.");
        Assert.True(agentsTogether > 0 && agentsTogether <= tenant && tenant <= Cap, $"The agents have spent {agentsTogether}, the tenant counts {tenant} of {Cap}.");
    }

    [Fact]
    public async Task FrozenTenant_SpendsNothing_AndAnswers()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var client = new AgentClient(mesh.Ready.Gateway);
        const string Alice = $"/t/{Frozen}/agent/alice";
        Assert.Equal("completed", (await EndOfTurnAsync(client, Alice, "before")).Status);
        await SendAsync(client, HttpMethod.Post, $"/admin/tenants/{Frozen}/freeze", new { reason = "audit" });
        var spent = await UsedAsync(client, Alice);
        // As often as it takes: what began within the second that a freeze may need is allowed to end.
        (string? Status, string? Code) end;
        do
        {
            spent = await UsedAsync(client, Alice);
            end = await EndOfTurnAsync(client, Alice, Guid.NewGuid().ToString("N"));
        }
        while (end.Status == "completed");

        Assert.Equal(("paused", "tenant_frozen"), end);
        Assert.Equal(spent, await UsedAsync(client, Alice));
        Assert.True((await GetAsync(client, $"/admin/tenants/{Frozen}")).GetProperty("isFrozen").GetBoolean());
    }

    /// <summary>Sends one message after the other until a turn is paused.</summary>
    /// <returns>The scope of the limit that has paused it.</returns>
    private static async Task<string?> SpendAsync(AgentClient client, string agent)
    {
        for (var n = 0; ; n++)
        {
            var (status, scope) = await EndOfTurnAsync(client, agent, $"message-{n}", member: "scope");
            if (status == "paused")
                return scope;
            Assert.Equal("completed", status);
        }
    }

    /// <summary>Sends a message and waits until its turn is over, or paused.</summary>
    private static async Task<(string? Status, string? Why)> EndOfTurnAsync(AgentClient client, string agent, string key, string member = "code")
    {
        var turn = Text(await SendAsync(client, HttpMethod.Post, $"{agent}/message", new { content = "Hello" }, key), "turnId");
        while (true)
        {
            var found = await GetAsync(client, $"{agent}/turns/{turn}");
            var (status, pause) = (Text(found, "status"), found.TryGetProperty("pause", out var paused) ? paused : (JsonElement?)null);
            // A turn that is paused because nothing is known of its tenant, whose actor was killed, goes on by itself.
            var isOpen = status is "queued" or "running" || pause is { } why && Text(why, "code") == "tenant_unknown";
            if (!isOpen)
                return (status, status == "paused" ? Text(pause!.Value, member) : null);
            // The long poll says when something has happened; what it says does not matter here.
            await GetAsync(client, $"{agent}/events?after={turn}&wait=1");
        }
    }

    private static async Task<long> UsedAsync(AgentClient client, string agent)
    {
        var budget = await GetAsync(client, $"{agent}/budget");
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
