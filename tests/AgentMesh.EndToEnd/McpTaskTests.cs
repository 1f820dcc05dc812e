using System.Security.Cryptography;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.Testing.ModelServer;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Mcp;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using ModelContextProtocol;

namespace AgentMesh.EndToEnd;

/// <summary>Tasks of MCP live in the agent: whoever is killed, they are finished, and from any gateway.</summary>
public sealed class McpTaskTests
{
    private const ulong Gift = 1_000_000;
    private const ulong Price = 100_000;

    // Six seconds an answer: a process is killed in the midst of it.
    private const string Model = "1000ms-6tokens";

    [Fact]
    public async Task Tasks_AreFinishedFromAnotherGateway_WhenTheirsIsKilled()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var mesh = await Mesh.StartAsync(store.Data, options: ["--replicas", "gateway=2", .. Options(model)]);
        using var owner = new AgentClient(mesh.Ready.Gateways[0]);
        await owner.PostAsync("alice", "hello");
        var (stays, dies) = (mesh.Ready.Gateways[0], mesh.Ready.Gateways[1]);
        using var buyer = EvmKey.FromBytes(SHA256.HashData("task buyer"u8));
        using var facilitator = new FacilitatorClient(mesh);
        await facilitator.FundAsync(buyer.Address, $"{Gift}", "task-gift");
        await using var dying = await McpTaskClient.ConnectAsync(dies, "alice");
        await using var staying = await McpTaskClient.ConnectAsync(stays, "alice");
        var payment = await SignAsync(staying, buyer, stays);
        await using var bob = await McpTaskClient.ConnectAsync(stays, "bob");

        var message = await dying.BeginAsync("send_message", new { content = "take your time" });
        var bought = await dying.BeginAsync("premium_analysis", new { query = "is it so?" }, payment);
        Mesh.Kill(mesh.Ready.Apps.Single(app => app.Id == "gateway" && app.AppPort == dies.Port).Pid);

        var answer = (await staying.FinishAsync(message)).StructuredContent!.Value;
        Assert.Equal(ModelReply.Of(ModelBehavior.Parse(Model), "take your time"), answer.GetProperty("response").GetString());
        var analysis = await staying.FinishAsync(bought);
        Assert.True(McpPayments.ReadReceipt(McpAgent.JsonOf(analysis).GetProperty("_meta")).Value!.Success);
        // Asked for again it is the same, and charged once.
        Assert.Equal(McpAgent.TextOf(analysis), McpAgent.TextOf(await staying.FinishAsync(bought)));
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(buyer.Address));
        // One agent's task is nothing to another.
        Assert.Equal(McpErrorCode.InvalidParams, (await Assert.ThrowsAsync<McpProtocolException>(() => bob.AskAsync("tasks/get", message))).ErrorCode);
    }

    [Fact]
    public async Task Task_IsFinished_WhenTheAgentsAreKilled_AndAnotherIsCanceled()
    {
        LongForm.OrSkip();
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var mesh = await Mesh.StartAsync(store.Data, options: Options(model));
        await using var alice = await McpTaskClient.ConnectAsync(mesh.Ready.Gateway, "alice");
        var id = await alice.BeginAsync("send_message", new { content = "take your time" });
        var agents = mesh.Ready.App("agents").Pid;
        Mesh.Kill(agents);
        await mesh.WaitForReadyAsync(ready => ready.Apps.Any(app => app.Id == "agents" && app.Pid != agents), TimeSpan.FromSeconds(30));
        var answer = (await alice.FinishAsync(id)).StructuredContent!.Value;
        Assert.Equal(ModelReply.Of(ModelBehavior.Parse(Model), "take your time"), answer.GetProperty("response").GetString());

        var canceled = await alice.BeginAsync("send_message", new { content = "never mind" });
        await alice.AskAsync("tasks/cancel", canceled);
        Assert.Equal("cancelled", (await alice.AskAsync("tasks/get", canceled))["status"]!.GetValue<string>());
    }

    private static string[] Options(ModelServerProcess model) => [.. MeshOptions.Model(model, Model), .. MeshOptions.Set("AgentMesh__Mcp__TaskAfter=00:00:02")];

    private static async Task<PaymentPayload> SignAsync(McpTaskClient agent, EvmKey key, Uri gateway)
    {
        var terms = McpPaymentRequired.Read(McpAgent.JsonOf(await agent.CallAsync("premium_analysis", new { query = "is it so?" }))).Value!.Terms;
        var policy = new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, (UInt256)Price)] };
        var wallet = new KeyWallet(key, policy, RandomNumberGenerator.Create(), TimeProvider.System);
        return (await wallet.PayAsync(terms, gateway, TestContext.Current.CancellationToken)).Value!.Payload;
    }
}
