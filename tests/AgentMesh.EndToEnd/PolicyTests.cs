using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.EndToEnd;

/// <summary>Policies and approvals over the real processes: what was set and decided is there whatever is killed.</summary>
[Collection(nameof(KilledMeshes))]
public sealed class PolicyTests(KilledMeshes meshes)
{
    private const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
    private const string Shop = "0xa11ce00000000000000000000000000000000000";
    private const string Waiting = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Refused = "bbbbbbbbbbbbbbbbbbbbbbbbbb";

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task PolicyAndDecisions_StayAfterKills(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await client.PostAsync("policy-alice", "hello");
        Assert.Equal(("allow", "ask", "deny"), (await EffectAsync(client, "1000000"), await EffectAsync(client, "1000001"), await EffectAsync(client, "50000001")));
        await mesh.SetStateAsync("default:policy-alice", "approvals", Approvals());
        await mesh.ReplaceAsync(mesh.Ready.App("agents"));

        var policy = JsonNode.Parse($$"""{"version":1,"rules":[{"id":"cheap","effect":"allow","asset":["{{Usdc}}"],"amountAtMost":"5"}]}""");
        using (var set = await client.Http.PutAsJsonAsync("/agent/policy-alice/policy", policy, TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        Assert.Equal("approved", await DecideAsync(client, Waiting, "approve"));
        Assert.Equal("denied", await DecideAsync(client, Refused, "deny"));
        await mesh.ReplaceAsync(mesh.Ready.App("agents"));

        Assert.Equal(("allow", "deny"), (await EffectAsync(client, "5"), await EffectAsync(client, "6")));
        Assert.Equal(["approved", "denied"], (await ListAsync(client)).Select(approval => approval.GetProperty("state").GetString()));
        Assert.Equal("approved", await DecideAsync(client, Waiting, "approve"));
        Assert.Equal("approval_decided", await DecideAsync(client, Refused, "approve"));
        using (var reset = await client.Http.DeleteAsync(new Uri("/agent/policy-alice/policy", UriKind.Relative), TestContext.Current.CancellationToken))
            Assert.True((await reset.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("isDefault").GetBoolean());
        await mesh.ReplaceAsync(mesh.Ready.App("agents"));
        Assert.Equal("allow", await EffectAsync(client, "1000000"));
    }

    /// <summary>Two approvals that wait, as payments leave them.</summary>
    private static JsonNode Approvals()
    {
        var now = DateTimeOffset.UtcNow;
        return JsonNode.Parse($$"""{"all":[{{Of(Waiting, "00")}},{{Of(Refused, "11")}}],"v":1}""")!;

        string Of(string id, string digest) =>
            $$"""
            {"id":"{{id}}","digest":"{{digest}}","payee":"{{Shop}}","asset":"{{Usdc}}","network":"eip155:84532","amountAtomic":"2000000",
            "host":"shop.example","url":"https://shop.example/","reason":"Because.","createdAt":"{{Text(now)}}","expiresAt":"{{Text(now.AddHours(1))}}",
            "state":"Pending","decidedAt":null,"usedAt":null,"usedBy":null}
            """;

        static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> EffectAsync(AgentClient client, string amount)
    {
        using var answer = await client.Http.PostAsJsonAsync(
            "/agent/policy-alice/policy/evaluate", new { payee = Shop, host = "shop.example", asset = Usdc, amount }, TestContext.Current.CancellationToken);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("effect").GetString()!;
    }

    /// <returns>The state, or the code of the refusal.</returns>
    private static async Task<string> DecideAsync(AgentClient client, string id, string decision)
    {
        using var answer = await client.Http.PostAsJsonAsync($"/agent/policy-alice/approvals/{id}", new { decision }, TestContext.Current.CancellationToken);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode ? json.GetProperty("state").GetString()! : json.GetProperty("type").GetString()!.Split(':')[^1];
    }

    private static async Task<JsonElement[]> ListAsync(AgentClient client) =>
        [.. (await client.Http.GetFromJsonAsync<JsonElement>("/agent/policy-alice/approvals", TestContext.Current.CancellationToken)).GetProperty("approvals").EnumerateArray()];
}
