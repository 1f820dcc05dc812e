using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.ActorHost.Tests.TenantBudgets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>Who only asks is told what who buys is: the same code, scope, amount and time.</summary>
public sealed class EvaluationTests
{
    /// <summary>The price is 100,000; before it 60,000 were paid.</summary>
    [Theory]
    [InlineData("160000", null, null, null, null)]
    [InlineData("159999", null, null, "budget_exceeded", "agent")]
    [InlineData("50000000", "160000", null, null, null)]
    [InlineData("50000000", "159999", null, "budget_exceeded", "tenant")]
    [InlineData("159999", "159999", null, "budget_exceeded", "tenant")]
    [InlineData("159999", "159999", "tenant", "tenant_frozen", null)]
    [InlineData("159999", "159999", "agent", "agent_frozen", null)]
    [InlineData("159999", "159999", "both", "agent_frozen", null)]
    [InlineData("159999", "159999", "list", "agent_frozen", null)]
    public async Task Answer_IsWhatAPurchaseIsTold(string agentLimit, string? tenantLimit, string? frozen, string? code, string? scope)
    {
        await using var host = await BuyingHost.StartAsync();
        await host.Host.SetBudgetAsync(BuyingHost.Alice, new LimitSetting("agent", TenantHost.Usdc, "rolling:24h", agentLimit));
        if (tenantLimit is not null)
            await host.Host.LimitAsync(tenantLimit);
        host.Shop.Terms = host.Shop.Terms with { Amount = "60000" };
        Assert.Null((await host.BuyAsync("before", max: "60000")).Reason);
        // What a lease holds is of now, and the clock goes on; what was spent has its time.
        if (tenantLimit is not null)
            await host.UntilAsync(async () => await host.Host.FirstLimitAsync() is ("60000", "0", _));
        host.Shop.Terms = host.Shop.Terms with { Amount = "100000" };
        if (frozen is "agent" or "both")
            await host.Host.FreezeAsync(BuyingHost.Alice);
        if (frozen is "tenant" or "both")
            await host.Host.FreezeTenantAsync();
        if (frozen is "list")
            await host.Host.FreezeTenantAsync("alice");
        // Whoever has frozen it, the process has heard.
        await host.UntilAsync(() => Task.FromResult(host.Host.Gate().Check(TenantHost.Alice)?.Code is var known && (frozen is null or "agent" || known is not null)));

        var told = await AskAsync(host.Host, "100000");
        Assert.Equal((code, scope), (told?.Code, told?.Shortage?.Scope));
        var bought = await host.BuyAsync("k");
        Assert.Equal((code, told?.Detail), (bought.Reason, bought.Detail));
        if (told?.Shortage is not { } shortage)
            return;
        var data = JsonElement.Parse(bought.Data!);
        Assert.Equal(
            (shortage.Scope, shortage.Asset, shortage.Window, shortage.Available, shortage.ResetsAt),
            (Text("scope"), Text("asset"), Text("window"), Text("available"), data.GetProperty("resetsAt").GetDateTimeOffset()));

        string? Text(string member) => data.GetProperty(member).GetString();
    }

    /// <summary>The agent's process has 150,000 of its tenant's money in hand, another the rest.</summary>
    [Theory]
    [InlineData("150000", null)]
    [InlineData("150001", "budget_exceeded")]
    public async Task MoneyThatTheProcessHas_IsThere(string amount, string? code)
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("300000");
        await host.TakeLeaseAsync("another", 1, "150000");
        var reserved = await host.ReserveGivenAsync(150_000);
        TenantGate.Return(reserved, reserved.Amount);
        Assert.Equal(("0", "300000", "0"), await host.FirstLimitAsync());
        Assert.Equal(code, (await AskAsync(host, amount))?.Code);
        Assert.Equal(code, (await host.ReserveAsync(int.Parse(amount, System.Globalization.CultureInfo.InvariantCulture))).Refusal?.Code);
    }

    [Theory]
    [InlineData(null, null, "agent")]
    [InlineData("default", null, "session:default")]
    [InlineData(null, "pay_url", "tool:pay_url")]
    public async Task Limits_OfSessionsAndTools_AreThoseOfWhoWouldPay(string? session, string? tool, string scope)
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.SetBudgetAsync(
            BuyingHost.Alice, new LimitSetting("agent", TenantHost.Usdc, "once", "30"), new LimitSetting("session:default", TenantHost.Usdc, "once", "20"),
            new LimitSetting("tool:pay_url", TenantHost.Usdc, "once", "10"));
        Assert.Equal(scope, (await EvaluateAsync(host, "31", session: session, tool: tool)).Hold!.Stop!.Shortage!.Scope);
    }

    /// <summary>Of an asset that has two spellings one is known; of what is none, and of what comes in, nothing is said. Nothing is stored.</summary>
    [Theory]
    [InlineData("out", TenantHost.Usdc, null)]
    [InlineData("out", "eip155:84532/erc20:0x036CbD53842c5426634e7929541eC2318f3dCF7e", null)]
    [InlineData("out", "eip155:8453/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", "budget_no_limit")]
    [InlineData("out", "USD", "")]
    [InlineData("out", "gold", "")]
    [InlineData("in", TenantHost.Usdc, "")]
    public async Task Hold_IsOfAKnownAssetThatGoesOut(string direction, string asset, string? code)
    {
        await using var host = await HostUnderTest.StartAsync();
        var hold = (await EvaluateAsync(host, "1", direction, asset)).Hold;
        Assert.Equal(code, hold is null ? "" : hold.Stop?.Code);
        Assert.Empty(host.State.KeysOf(BuyingHost.Alice));
    }

    /// <summary>As the gateway does.</summary>
    private static async Task<SpendingStop?> AskAsync(HostUnderTest host, string amount)
    {
        var hold = (await EvaluateAsync(host, amount)).Hold!;
        if (hold.Stop is { Code: SpendingRefusals.AgentFrozen } frozen)
            return frozen;
        var asked = await host.CallTenantAsync(
            "default", nameof(ITenantBudgets.CheckSpending),
            JsonContent.Create(new CheckSpending("alice", hold.Asset, hold.Missing, hold.Lease), ContractsJson.Default.CheckSpending), ContractsJson.Default.ReplySpendingCheck);
        return asked.Value!.Stop ?? hold.Stop;
    }

    private static async Task<PolicyEvaluation> EvaluateAsync(
        HostUnderTest host, string amount, string direction = "out", string asset = TenantHost.Usdc, string? session = null, string? tool = null) => (await host.CallAsync(
            BuyingHost.Alice, nameof(IAgentPolicies.EvaluatePolicy),
            JsonContent.Create(new EvaluatePolicy(direction, FakeShop.Payee, "shop.example", asset, amount, session, tool), ContractsJson.Default.EvaluatePolicy),
            ContractsJson.Default.ReplyPolicyEvaluation)).Value!;
}
