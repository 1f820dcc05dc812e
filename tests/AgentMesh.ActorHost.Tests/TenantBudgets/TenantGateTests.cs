using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Tests.TenantBudgets;

/// <summary>Who may spend, as a process knows it.</summary>
public sealed class TenantGateTests
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    [Fact]
    public void Codes_AreThoseOfTheContract()
    {
        Assert.Equal(SpendingRefusals.TenantUnknown, FreezeRefusals.TenantUnknown.Code);
        Assert.Equal(SpendingRefusals.TenantUnknown, FreezeRefusals.ClockOff.Code);
        Assert.Equal(SpendingRefusals.TenantFrozen, FreezeRefusals.TenantFrozen.Code);
        Assert.Equal(SpendingRefusals.AgentFrozen, FreezeRefusals.AgentFrozen.Code);
        Assert.Equal(SpendingRefusals.TooManyLeases, TenantBudgetRefusals.TooManyLeases.Code);
        Assert.Equal(SpendingRefusals.LeaseEnded, TenantBudgetRefusals.LeaseEnded.Code);
        Assert.Equal((EventTypes.Frozen, EventTypes.Unfrozen), (AgentMesh.Agents.Events.FactTypes.Frozen, AgentMesh.Agents.Events.FactTypes.Unfrozen));
    }

    [Fact]
    public async Task FirstQuestion_IsAnsweredUnknown_AndBeginsToAsk()
    {
        await using var host = await HostUnderTest.StartAsync();
        host.State.BeforeInvoke = _ => Task.FromResult(false);
        Assert.Equal("tenant_unknown", host.Gate().Check(TenantHost.Alice)?.Code);
        host.State.BeforeInvoke = null;
        await host.AdvanceUntilAsync(Poll, () => Task.FromResult(host.Gate().Check(TenantHost.Alice) is null));
    }

    [Fact]
    public async Task Freeze_IsKnownWithTheNextQuestion_AndSoIsItsEnd()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.ReserveGivenAsync(1);
        await host.FreezeTenantAsync();
        await host.AdvanceUntilAsync(Poll, () => Task.FromResult(host.Gate().Check(TenantHost.Alice)?.Code == "tenant_frozen"));
        Assert.Equal("tenant_frozen", host.Gate().Check(TenantId.Default)?.Code);
        Assert.Equal("tenant_frozen", (await host.ReserveAsync(1)).Refusal?.Code);
        await host.UnfreezeTenantAsync();
        await host.AdvanceUntilAsync(Poll, () => Task.FromResult(host.Gate().Check(TenantHost.Alice) is null));
    }

    [Fact]
    public async Task Freeze_OfAnAgent_IsItsOwn()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.ReserveGivenAsync(1);
        Assert.True((await host.FreezeTenantAsync("alice")).Value!.IsListed);
        await host.AdvanceUntilAsync(Poll, () => Task.FromResult(host.Gate().Check(TenantHost.Alice)?.Code == "agent_frozen"));
        Assert.Null(host.Gate().Check(new AgentKey(TenantId.Default, UserId.Parse("bob"))));
        Assert.Null(host.Gate().Check(TenantId.Default));
    }

    /// <summary>To the millisecond, from before the question that was answered last.</summary>
    [Theory]
    [InlineData(3000, null)]
    [InlineData(3001, "tenant_unknown")]
    public async Task Silence_OfThreeSeconds_SpendsNothing(int milliseconds, string? code)
    {
        await using var host = await HostUnderTest.StartAsync(("AgentMesh:Tenants:PollIntervalMs", "1000"));
        await host.ReserveGivenAsync(1);
        host.State.BeforeInvoke = _ => Task.FromResult(false);
        host.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(code, host.Gate().Check(TenantHost.Alice)?.Code);
        host.State.BeforeInvoke = null;
        await host.AdvanceUntilAsync(Poll, () => Task.FromResult(host.Gate().Check(TenantHost.Alice) is null));
    }

    [Fact]
    public async Task Tenant_NobodySpendsFor_IsNotAskedAbout()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.ReserveGivenAsync(1);
        await host.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => Task.FromResult(host.Services.GetService(typeof(TenantWatch)) is TenantWatch { Watched: 0 }));
        host.State.BeforeInvoke = _ => Task.FromResult(false);
        Assert.Equal("tenant_unknown", host.Gate().Check(TenantHost.Alice)?.Code);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("default:Alice")]
    public async Task Actor_ThatIsNoAgent_SpendsNothing(string id)
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal("tenant_unknown", host.Gate().Check(id)?.Code);
    }

    [Fact]
    public async Task Asset_WithoutALimit_CostsNothing()
    {
        await using var host = await HostUnderTest.StartAsync();
        var reservation = await host.ReserveGivenAsync(1_000_000);
        Assert.Same(TenantReservation.None, reservation);
        Assert.DoesNotContain(host.State.TakeInvoked(), call => call.EndsWith(nameof(ITenantBudgets.TakeLease), StringComparison.Ordinal));
        Assert.Empty(host.State.KeysOf("default"));
    }

    [Fact]
    public async Task Limits_ThatAreNone_AreRefused()
    {
        await using var host = await HostUnderTest.StartAsync();
        foreach (var (limit, window, asset) in new[] { ("1", "daily", "USD"), ("-1", "once", "USD"), ("1.5", "once", "USD"), ("1", "once", "usd"), ("1", "rolling:0h", "USD") })
            Assert.Equal("invalid_budget", (await host.LimitAsync(limit, window, asset)).Refusal?.Code);
        Assert.Empty(host.State.KeysOf("default"));
    }

    [Fact]
    public async Task Refusal_SaysWhatThereIs()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100");
        var refusal = Assert.IsType<BudgetRefusal>((await host.ReserveAsync(101)).Refusal);
        Assert.Equal(("budget_exceeded", "tenant", (UInt128)100, "rolling:24h"), (refusal.Code, refusal.Shortage.Scope, refusal.Shortage.Available, refusal.Shortage.Window));
        Assert.Empty((await host.BudgetAsync()).Value!.Leases);
    }
}
