using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>Budgets over the real processes, on both stores.</summary>
[Collection(nameof(KilledMeshes))]
public sealed class BudgetTests(KilledMeshes meshes)
{
    private const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Limits_SurviveAKillOfAgents_UntilTheAgentIsErased(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        var cancellationToken = TestContext.Current.CancellationToken;
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);

        // An agent that nobody has used has the defaults, and is not made by looking.
        Assert.Equal(["USD 50000000", $"{Usdc} 50000000"], await LimitsAsync());
        Assert.Equal(JsonValueKind.Null, (await client.InfoAsync("budget-alice")).GetProperty("createdAt").ValueKind);

        // Amounts that a double would damage.
        using var set = await client.Http.PutAsJsonAsync(
            "/agent/budget-alice/budget",
            new
            {
                limits = new[]
                {
                    new { scope = "agent", asset = Usdc, window = "rolling:24h", limit = "340282366920938463463374607431768211455" },
                    new { scope = "tool:shop", asset = "USD", window = "calendar:month:Europe/Berlin", limit = "9007199254740993" },
                },
            },
            cancellationToken);
        var budget = await set.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(set.StatusCode == HttpStatusCode.OK, budget);
        Assert.Contains("\"posted\":\"0\",\"held\":\"0\",\"overrun\":\"0\",\"available\":\"340282366920938463463374607431768211455\",\"resetsAt\":null", budget, StringComparison.Ordinal);

        await mesh.ReplaceAsync(mesh.Ready.App("agents"));
        Assert.Equal(budget, await client.Http.GetStringAsync("/agent/budget-alice/budget", cancellationToken));
        Assert.Equal(budget, (await client.InfoAsync("budget-alice")).GetProperty("budget").GetRawText());
        Assert.Contains($"{{\"kind\":\"budget\",\"budget\":{budget}}}", await client.Http.GetStringAsync("/agent/budget-alice/export", cancellationToken), StringComparison.Ordinal);

        using var refused = await client.Http.PutAsJsonAsync(
            "/agent/budget-alice/budget", new { limits = new[] { new { scope = "agent", asset = "USD", window = "calendar:day:No/Where", limit = "1" } } }, cancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(budget, await client.Http.GetStringAsync("/agent/budget-alice/budget", cancellationToken));

        using var erased = await client.Http.DeleteAsync("/agent/budget-alice", cancellationToken);
        var receipt = await erased.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        Assert.Equal("spending", Assert.Single(receipt.GetProperty("kept").EnumerateArray()).GetProperty("kind").GetString());
        Assert.Equal(budget, await client.Http.GetStringAsync("/agent/budget-alice/budget", cancellationToken));

        async Task<IEnumerable<string>> LimitsAsync() =>
            from limit in (await client.Http.GetFromJsonAsync<JsonElement>("/agent/budget-alice/budget", cancellationToken)).GetProperty("limits").EnumerateArray()
            select $"{limit.GetProperty("asset").GetString()} {limit.GetProperty("limit").GetString()}";
    }
}
