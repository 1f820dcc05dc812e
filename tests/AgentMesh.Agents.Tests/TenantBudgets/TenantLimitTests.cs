using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Agents.Tests.Budgets;

namespace AgentMesh.Agents.Tests.TenantBudgets;

/// <summary>Limits of a tenant: what counts for which, and what who gets no more is told.</summary>
public sealed class TenantLimitTests
{
    [Theory]
    [InlineData(FakeTenant.Usdc, 60, 0)]
    [InlineData(BudgetAssets.Usd, 0, 60)]
    public void Spending_CountsForItsAssetOnly(string asset, int usdc, int usd)
    {
        var tenant = new FakeTenant();
        tenant.Set((FakeTenant.Usdc, "once", 100), (BudgetAssets.Usd, "once", 100));
        tenant.Take("one", 1, 60, asset: asset);
        tenant.Settle("one", 2, 60);
        Assert.Equal([usdc, usd], tenant.Ledger.View(tenant.Now).Select(view => (int)view.Posted));
    }

    /// <summary>What was spent, and what will have been, is known as long as its window has it; a limit of nothing is forgotten.</summary>
    [Theory]
    [InlineData(null, 0, 0)]
    [InlineData("taken", 0, 1)]
    [InlineData("settled", 0, 1)]
    [InlineData("settled", 24, 0)]
    public void Limit_ThatIsTakenAway_IsKnownWhileItMatters(string? before, int hours, int meters)
    {
        var tenant = FakeTenant.With(100);
        if (before is not null)
            tenant.Take("one", 1, 60);
        if (before == "settled")
            tenant.Settle("one", 2, 60);
        tenant.Now += TimeSpan.FromHours(hours);
        tenant.Set();
        Assert.Equal(meters, tenant.Ledger.Meters.Length);
    }

    /// <summary>Of a limit of 80, 30 are in the hands of a process: time makes room for 50, however much was spent under a higher limit.</summary>
    [Theory]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void Room_IsNotMadeByTimeWhereAProcessHasIt(int missing, bool isMade)
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 70);
        tenant.Settle("one", 2, 70);
        tenant.Take("two", 1, 30);
        tenant.Set((FakeTenant.Usdc, "rolling:24h", 80));
        var told = Assert.IsType<BudgetRefusal>(tenant.Ledger.WhyNot(FakeTenant.Usdc, (UInt128)missing, null, tenant.Now));
        Assert.Equal(isMade ? tenant.Now.AddHours(24) : null, told.Shortage.ResetsAt);
    }

    [Fact]
    public void Detail_NamesTheLimitAndWhatIsLeft()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        var detail = tenant.Take("two", 1, 41).Value!.Why!.Detail;
        Assert.All([FakeTenant.Usdc, "rolling:24h", "40"], word => Assert.Contains($" {word} ", detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(TenantBudgetLimits.Leases - 1, null)]
    [InlineData(TenantBudgetLimits.Leases, "too_many_leases")]
    public void WhoOnlyAsks_IsToldThatThereAreTooManyLeases(int there, string? code)
    {
        var tenant = FakeTenant.With(1_000_000);
        for (var n = 0; n < there; n++)
            tenant.Ledger = tenant.Ledger.Take(new LeaseRequest($"{n}", 1, "holder", FakeTenant.Usdc, 0, 1, 1), null, tenant.Now).Value!.Ledger;
        Assert.Equal(code, tenant.Ledger.WhyNot(FakeTenant.Usdc, 1, null, tenant.Now)?.Code);
        // Who has a lease asks for more of it.
        Assert.Null(tenant.Ledger.WhyNot(FakeTenant.Usdc, 1, new LeaseRequest("0", 2, "holder", FakeTenant.Usdc, 0, 2, 2), tenant.Now));
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("session:default")]
    public void Limit_OfATenant_IsOfAllOfItsAgents(string scope)
    {
        var limit = FakeLedger.Limit(scope, FakeTenant.Usdc, "rolling:24h", 100);
        Assert.Equal(limit with { Scope = TenantLedger.Scope }, TenantLedger.ToLimit(limit));
    }

    /// <summary>Each once and in order, so that processes that compare them see a change only where there is one.</summary>
    [Fact]
    public void Control_ListsTheAssetsThatNeedALease()
    {
        var control = TenantControl.Empty.Limit([FakeTenant.Usdc, BudgetAssets.Usd, FakeTenant.Usdc]);
        Assert.Equal([BudgetAssets.Usd, FakeTenant.Usdc], control.Assets);
        Assert.Equal(1, control.Version);
        Assert.Empty(control.Limit([]).Assets);
    }
}
