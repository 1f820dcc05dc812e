using System.Security.Cryptography;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Mcp;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using ModelContextProtocol.Protocol;

namespace AgentMesh.EndToEnd;

/// <summary>The SDK's client and two gateways, of which each request meets the other one: nothing of a client is in a gateway.</summary>
[Collection(nameof(UntouchedMeshes))]
public sealed class McpTests(UntouchedMeshes meshes)
{
    private const ulong Gift = 1_000_000;
    private const ulong Price = 100_000;

    [Fact]
    public async Task Clients_AreServedByAnyGateway_AndBuyOnce()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var owner = new AgentClient(mesh.Ready.Gateway);
        await TalkAsync(mesh, owner);
        await BuyAsync(mesh, owner);
    }

    private static async Task TalkAsync(Mesh mesh, AgentClient owner)
    {
        var sent = 0;
        foreach (var revision in new[] { "2025-11-25", "2026-07-28" })
        {
            await using var agent = await McpAgent.ConnectAsync(mesh.Ready.Gateways, "mcp-alice", revision);
            for (var n = 0; n < 25; n++)
            {
                var content = $"message {++sent}";
                var key = $"key-{sent}";
                var first = await agent.CallAsync("send_message", new { content, idempotencyKey = key });
                Assert.Equal("completed", first.GetProperty("status").GetString());
                // At the other gateway: the same message, and not once more.
                Assert.Equal(first.GetRawText(), (await agent.CallAsync("send_message", new { content, idempotencyKey = key })).GetRawText());
            }

            Assert.Equal(2 * sent, (await agent.CallAsync("get_info", new { })).GetProperty("messageCount").GetInt32());
            Assert.Equal(2, (await agent.CallAsync("get_history", new { limit = 2 })).GetProperty("messages").GetArrayLength());
            Assert.Equal(2, (await agent.CallAsync("get_budget", new { })).GetProperty("limits").GetArrayLength());
            var resource = await agent.Client.ReadResourceAsync("agent://mcp-alice/history", cancellationToken: TestContext.Current.CancellationToken);
            Assert.Contains($"message {sent}", Assert.IsType<TextResourceContents>(Assert.Single(resource.Contents)).Text, StringComparison.Ordinal);
        }

        Assert.Equal(Enumerable.Range(1, sent).Select(n => $"message {n}"), (await owner.HistoryAsync("mcp-alice")).Where(message => message.Role == "user").Select(message => message.Content));
    }

    private static async Task BuyAsync(Mesh mesh, AgentClient owner)
    {
        using var facilitator = new FacilitatorClient(mesh);
        using var key = EvmKey.FromBytes(SHA256.HashData("mcp buyer"u8));
        await facilitator.FundAsync(key.Address, $"{Gift}", "mcp-gift");
        await owner.PostAsync("mcp-bob", "hello");
        await using var agent = await McpAgent.ConnectAsync(mesh.Ready.Gateways, "mcp-alice", "2026-07-28");
        await using var bob = await McpAgent.ConnectAsync(mesh.Ready.Gateways, "mcp-bob", "2026-07-28");

        var arguments = new { query = "is it so?" };
        var terms = McpPaymentRequired.Read(McpAgent.JsonOf(await agent.CallRawAsync("premium_analysis", arguments))).Value!.Terms;
        var policy = new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, (UInt256)Price)] };
        var wallet = new KeyWallet(key, policy, RandomNumberGenerator.Create(), TimeProvider.System);
        var payment = (await wallet.PayAsync(terms, mesh.Ready.Gateway, TestContext.Current.CancellationToken)).Value!.Payload;

        // Made out to alice: bob does not take it.
        var foreign = McpAgent.JsonOf(await bob.CallRawAsync("premium_analysis", arguments, payment));
        Assert.Equal(X402Reasons.NoMatchingPaymentRequirements, ((PaymentRequiredV2)McpPaymentRequired.Read(foreign).Value!.Terms).Error);

        // The same payment a hundred times at once, at both gateways: one charge, one answer.
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => agent.CallRawAsync("premium_analysis", arguments, payment)));
        var answer = Assert.Single(results.Select(result => (result.IsError, McpAgent.TextOf(result), result.Meta![McpPaymentKeys.PaymentResponse]!.ToJsonString())).Distinct());
        Assert.StartsWith("Premium analysis of \"is it so?\"", answer.Item2, StringComparison.Ordinal);
        var receipt = McpPayments.ReadReceipt(McpAgent.JsonOf(results[0]).GetProperty("_meta")).Value!;
        Assert.Equal((true, key.Address.ToString()), (receipt.Success, receipt.Payer));
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(key.Address));

        // For other words, it is spent; and the owner sees it.
        Assert.StartsWith("payment_reused: ", McpAgent.TextOf(await agent.CallRawAsync("premium_analysis", new { query = "or not?" }, payment)), StringComparison.Ordinal);
        var paid = (await agent.CallAsync("list_payments", new { direction = "in" })).GetProperty("payments");
        Assert.Equal(("settled", "mcp://tool/premium_analysis"), (Assert.Single(paid.EnumerateArray()).GetProperty("state").GetString(), paid[0].GetProperty("resource").GetString()));
    }
}
