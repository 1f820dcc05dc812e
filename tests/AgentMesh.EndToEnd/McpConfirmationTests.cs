using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using ModelContextProtocol.Protocol;

namespace AgentMesh.EndToEnd;

/// <summary>The SDK's client pays by its agent; its user is asked in mid-call, and each round is at another gateway.</summary>
[Collection(nameof(UntouchedMeshes))]
public sealed class McpConfirmationTests(UntouchedMeshes meshes)
{
    private const ulong Gift = 10_000_000;
    private const ulong Price = 100_000;
    private const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Payment_IsMadeWhenItsUserSaysSo_AndNotOtherwise()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var owner = new AgentClient(mesh.Ready.Gateway);
        using var facilitator = new FacilitatorClient(mesh);
        await owner.PostAsync("confirming-alice", "hello");
        await owner.PostAsync("confirming-bob", "hello");
        var alice = EvmAddress.Parse((await owner.InfoAsync("confirming-alice")).GetProperty("walletAddress").GetString()!);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        await facilitator.FundAsync(alice, $"{Gift}", "confirming-gift");
        Assert.Equal((UInt256)Gift, await facilitator.BalanceAsync(alice));
        var policy = JsonNode.Parse($$"""{"version":1,"rules":[{"id":"all","effect":"ask","asset":["{{Usdc}}"]}]}""");
        using (var set = await owner.Http.PutAsJsonAsync("/agent/confirming-alice/policy", policy, limit.Token))
            Assert.Equal(HttpStatusCode.OK, set.StatusCode);

        var answer = true;
        var asked = new ConcurrentQueue<string>();
        await using var agent = await McpAgent.ConnectAsync(mesh.Ready.Gateways, "confirming-alice", "2026-07-28", Ask);
        var bought = await agent.CallAsync("pay", Order(mesh, "first"));
        Assert.Equal(("settled", 200), (bought.GetProperty("payment").GetProperty("state").GetString(), bought.GetProperty("status").GetInt32()));
        Assert.StartsWith("Pay 0.1 USDC to ", Assert.Single(asked), StringComparison.Ordinal);
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(alice));
        // By its key it is known: nobody is asked again.
        Assert.Equal(bought.GetRawText(), (await agent.CallAsync("pay", Order(mesh, "first"))).GetRawText());
        Assert.Single(asked);

        answer = false;
        var denied = await agent.CallRawAsync("pay", Order(mesh, "second"));
        Assert.StartsWith("policy_denied: ", McpAgent.TextOf(denied), StringComparison.Ordinal);
        Assert.Equal(2, asked.Count);
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(alice));
        var approvals = (await owner.Http.GetFromJsonAsync<JsonElement>("/agent/confirming-alice/approvals", limit.Token)).GetProperty("approvals").EnumerateArray();
        Assert.Equal(["approved", "denied"], approvals.Select(approval => approval.GetProperty("state").GetString()));

        ValueTask<ElicitResult> Ask(ElicitRequestParams? question, CancellationToken cancellationToken)
        {
            asked.Enqueue(question!.Message);
            var content = new Dictionary<string, JsonElement> { ["approve"] = JsonSerializer.SerializeToElement(answer) };
            return ValueTask.FromResult(new ElicitResult { Action = "accept", Content = content });
        }
    }

    private static object Order(Mesh mesh, string key) => new
    {
        url = new Uri(mesh.Ready.Gateway, "/agent/confirming-bob/premium/analysis").ToString(),
        body = $$"""{"query":"{{key}}"}""",
        maxAmount = "100000",
        idempotencyKey = key,
    };
}
