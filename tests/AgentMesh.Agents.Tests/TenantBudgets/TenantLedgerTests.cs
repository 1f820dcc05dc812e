using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.TenantBudgets;

namespace AgentMesh.Agents.Tests.TenantBudgets;

/// <summary>Leases of what a tenant may spend.</summary>
public sealed class TenantLedgerTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(99, 99, null)]
    [InlineData(100, 100, null)]
    [InlineData(101, 0, "budget_exceeded")]
    public void Lease_IsGivenUpToTheLimit(int least, int granted, string? code)
    {
        var step = FakeTenant.With(100).Take("one", 1, least).Value!;
        Assert.Equal((granted, code), ((int)(step.Lease?.Granted ?? 0), step.Why?.Code));
    }

    /// <summary>One that wants much gets what it needs, and a sixteenth of the rest.</summary>
    [Theory]
    [InlineData(10, 10, 10)]
    [InlineData(10, 108, 108)]
    [InlineData(10, 109, 109)]
    [InlineData(10, 110, 109)]
    [InlineData(10, 1600, 109)]
    [InlineData(200, 1600, 287)]
    [InlineData(1600, 1600, 1600)]
    public void Lease_LeavesEnoughForOthers(int least, int wanted, int granted) =>
        Assert.Equal(granted, (int)FakeTenant.With(1600).Take("one", 1, least, wanted).Value!.Lease!.Granted);

    [Fact]
    public void Lease_CountsAsSpent_UntilItIsSettled()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        Assert.Equal((0, 60, 40), tenant.First());
        Assert.Equal("budget_exceeded", tenant.Take("two", 1, 41).Value!.Why!.Code);
        Assert.Null(tenant.Settle("one", 2, 25).Refusal);
        Assert.Equal((25, 0, 75), tenant.First());
    }

    [Theory]
    [InlineData(0, 60, 0)]
    [InlineData(20, 40, 20)]
    [InlineData(60, 0, 60)]
    public void Renewal_PostsWhatIsSpent_AndHoldsTheRest(int spent, int held, int posted)
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        tenant.Now += TimeSpan.FromSeconds(59);
        tenant.Take("one", 2, 60, spent: spent);
        tenant.Now += TimeSpan.FromSeconds(59);
        Assert.Equal((posted, held), (tenant.First().Posted, tenant.First().Held));
    }

    [Fact]
    public void Renewal_GivesBackWhatIsNotWanted()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        Assert.Equal(30, (int)tenant.Take("one", 2, 25, 30, spent: 20).Value!.Lease!.Granted);
        Assert.Equal((20, 10, 70), tenant.First());
    }

    [Fact]
    public void Renewal_ThatCannotHaveMore_KeepsWhatItHas_AndSaysWhy()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        tenant.Take("two", 1, 30);
        var step = tenant.Take("one", 2, 71, 90, spent: 5).Value!;
        Assert.Equal(60, (int)step.Lease!.Granted);
        var refusal = Assert.IsType<BudgetRefusal>(step.Why);
        // What neither of the two has.
        Assert.Equal(new BudgetShortage("tenant", FakeTenant.Usdc, "rolling:24h", 10, tenant.Now.AddHours(24)), refusal.Shortage);
        Assert.Equal(tenant.Now + TenantBudgetLimits.LeaseTime, step.Lease.Until);
    }

    /// <summary>Of 100 another process has 30, and this one 60, of which it has set aside 50, or has lost.</summary>
    [Theory]
    [InlineData("one", 20, null)]
    [InlineData("one", 21, "budget_exceeded")]
    [InlineData("lost", 10, null)]
    [InlineData("lost", 11, "budget_exceeded")]
    [InlineData(null, 10, null)]
    [InlineData(null, 11, "budget_exceeded")]
    public void WhoOnlyAsks_IsToldWhatWhoTakesIs(string? lease, int missing, string? code)
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        tenant.Take("two", 1, 30);
        var least = (UInt128)(50 + missing);
        var request = lease is null ? null : new LeaseRequest(lease, 2, "holder of " + lease, FakeTenant.Usdc, 5, least, least);
        Assert.Equal(code, tenant.Ledger.WhyNot(FakeTenant.Usdc, (UInt128)missing, request, tenant.Now)?.Code);
        Assert.Equal((0, 90, 10), tenant.First());
    }

    [Fact]
    public void WhoOnlyAsks_IsToldWhatIsLeft_AndWhenThereIsMore()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        tenant.Settle("one", 2, 60);
        tenant.Take("two", 1, 30);
        var told = Assert.IsType<BudgetRefusal>(tenant.Ledger.WhyNot(FakeTenant.Usdc, 11, null, tenant.Now));
        Assert.Equal(new BudgetShortage("tenant", FakeTenant.Usdc, "rolling:24h", 10, tenant.Now.AddHours(24)), told.Shortage);
        Assert.Equal(told, tenant.Take("three", 1, 11).Value!.Why);
        // Of what it does not limit there is enough.
        Assert.Null(tenant.Ledger.WhyNot(BudgetAssets.Usd, UInt128.MaxValue, null, tenant.Now));
    }

    /// <summary>To the millisecond: at its end a lease is spent, whoever reports what then.</summary>
    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void Lease_ThatIsNotHeardOf_IsSpent(int milliseconds, bool isSpent)
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        tenant.Now += TenantBudgetLimits.LeaseTime + milliseconds * Millisecond;
        Assert.Equal(isSpent ? (60, 0, 40) : (0, 60, 40), tenant.First());
        Assert.Equal(isSpent ? "lease_ended" : null, tenant.Settle("one", 2, 10).Refusal?.Code);
        Assert.Equal(isSpent ? 60 : 10, tenant.First().Posted);
        Assert.Equal("lease_ended", tenant.Take("one", 3, 60, spent: 10).Refusal?.Code);
    }

    /// <summary>What was lost with a holder leaves the window a window after its end, give or take the clocks, however late somebody looks.</summary>
    [Theory]
    [InlineData(-1, 60)]
    [InlineData(0, 0)]
    public void Lease_ThatIsNotHeardOf_LeavesTheWindow(int milliseconds, int posted)
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        tenant.Now += TimeSpan.FromHours(24) + TenantBudgetLimits.LeaseTime + TenantBudgetLimits.ClockTolerance + milliseconds * Millisecond;
        Assert.Equal(posted, tenant.First().Posted);
    }

    [Fact]
    public void Repeats_ChangeNothing()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 40);
        tenant.Take("one", 1, 40);
        tenant.Take("one", 2, 60, spent: 30);
        tenant.Take("one", 1, 40);
        tenant.Take("one", 2, 60, spent: 30);
        Assert.Equal((30, 30, 40), tenant.First());
        tenant.Settle("one", 3, 45);
        Assert.Null(tenant.Settle("one", 3, 45).Refusal);
        Assert.Equal("lease_ended", tenant.Take("one", 2, 60, spent: 30).Refusal?.Code);
        Assert.Equal("lease_ended", tenant.Settle("one", 4, 60).Refusal?.Code);
        Assert.Equal((45, 0, 55), tenant.First());
    }

    [Fact]
    public void Overtaken_ChangesNothing_AndSpendingIsNeverTakenBack()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 3, 40);
        Assert.Equal(40, (int)tenant.Take("one", 2, 80).Value!.Lease!.Granted);
        tenant.Take("one", 4, 60, spent: 30);
        tenant.Take("one", 5, 60, spent: 20);
        Assert.Equal((30, 30, 40), tenant.First());
    }

    [Fact]
    public void Unknown_LeaseOfWhichSomethingWasSpent_IsOver() =>
        Assert.Equal("lease_ended", FakeTenant.With(100).Take("one", 2, 60, spent: 1).Refusal?.Code);

    [Fact]
    public void Asset_WithoutALimit_NeedsNoLease()
    {
        var step = FakeTenant.With(100).Take("one", 1, 1000, asset: BudgetAssets.Usd).Value!;
        Assert.Null(step.Lease);
        Assert.Null(step.Why);
    }

    [Fact]
    public void EveryWindowOfTheAsset_Limits()
    {
        var tenant = new FakeTenant();
        tenant.Set((FakeTenant.Usdc, "rolling:1h", 50), (FakeTenant.Usdc, "calendar:month:UTC", 70), (BudgetAssets.Usd, "once", 5));
        tenant.Take("one", 1, 50);
        tenant.Settle("one", 2, 50);
        Assert.Equal("rolling:1h", Assert.IsType<BudgetRefusal>(tenant.Take("two", 1, 1).Value!.Why).Shortage.Window);
        tenant.Now += TimeSpan.FromHours(1);
        Assert.Equal("calendar:month:UTC", Assert.IsType<BudgetRefusal>(tenant.Take("two", 1, 21).Value!.Why).Shortage.Window);
        Assert.Equal(20, (int)tenant.Take("two", 1, 20).Value!.Lease!.Granted);
    }

    [Fact]
    public void Frozen_KeepsWhatItHas_AndGetsNoMore()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 40);
        var step = tenant.Take("one", 2, 41, stop: FreezeRefusals.TenantFrozen).Value!;
        Assert.Equal((40, "tenant_frozen"), ((int)step.Lease!.Granted, step.Why!.Code));
        Assert.Null(tenant.Take("one", 3, 40, 90, stop: FreezeRefusals.TenantFrozen).Value!.Why);
        Assert.Equal((0, 40, 60), tenant.First());
        Assert.Equal("tenant_frozen", tenant.Take("two", 1, 1, stop: FreezeRefusals.TenantFrozen).Value!.Why!.Code);
    }

    [Fact]
    public void LoweredLimit_GivesNothing_AndTakesBackWhatIsNotInUse()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        tenant.Set((FakeTenant.Usdc, "rolling:24h", 30));
        Assert.Equal(0, tenant.First().Available);
        Assert.Equal(30, (int)tenant.Take("one", 2, 10, 60).Value!.Lease!.Granted);
        Assert.Equal("budget_exceeded", tenant.Take("two", 1, 1).Value!.Why!.Code);
    }

    [Fact]
    public void Limit_ThatIsSetAgain_RemembersWhatWasSpent()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        tenant.Set();
        tenant.Now += TenantBudgetLimits.LeaseTime;
        tenant.Set((FakeTenant.Usdc, "rolling:24h", 100));
        Assert.Equal((60, 0, 40), tenant.First());
    }

    [Fact]
    public void Time_DoesNotGoBack()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        tenant.Settle("one", 2, 60);
        tenant.Now -= TimeSpan.FromDays(400);
        Assert.Equal("budget_exceeded", tenant.Take("two", 1, 41).Value!.Why!.Code);
        Assert.Equal(40, (int)tenant.Take("two", 2, 40).Value!.Lease!.Granted);
    }

    [Theory]
    [InlineData(TenantBudgetLimits.Leases - 1, null)]
    [InlineData(TenantBudgetLimits.Leases, "too_many_leases")]
    public void Leases_AreCounted(int there, string? code)
    {
        var tenant = FakeTenant.With(1_000_000);
        for (var n = 0; n < there; n++)
            tenant.Ledger = tenant.Ledger.Take(new LeaseRequest($"{n}", 1, "holder", FakeTenant.Usdc, 0, 1, 1), null, tenant.Now).Value!.Ledger;
        Assert.Equal(code, tenant.Take("more", 1, 1).Refusal?.Code);
    }

    [Fact]
    public void EndedLeases_AreForgotten()
    {
        var tenant = FakeTenant.With(1_000_000);
        for (var n = 0; n < 2 * TenantBudgetLimits.Leases; n++)
        {
            tenant.Ledger = tenant.Ledger.Take(new LeaseRequest($"{n}", 1, "holder", FakeTenant.Usdc, 0, 1, 1), null, tenant.Now).Value!.Ledger;
            tenant.Ledger = tenant.Ledger.Settle($"{n}", 2, 1, tenant.Now).Value!.Ledger;
        }

        Assert.True(tenant.Ledger.Leases.Length <= TenantBudgetLimits.Leases + 1);
        Assert.Empty(tenant.Ledger.Advance(tenant.Now + TenantBudgetLimits.RepeatTime).Leases);
    }

    [Fact]
    public void Limits_AreEightAndOneForEachWindow()
    {
        var tenant = new FakeTenant();
        var eight = Enumerable.Range(1, TenantBudgetLimits.Limits).Select(n => (BudgetAssets.Usd, $"rolling:{n}h", 1)).ToArray();
        Assert.Null(tenant.Set(eight).Refusal);
        Assert.Equal("invalid_budget", tenant.Set([.. eight, (FakeTenant.Usdc, "once", 1)]).Refusal?.Code);
        Assert.Equal("invalid_budget", tenant.Set((FakeTenant.Usdc, "once", 1), (FakeTenant.Usdc, "once", 2)).Refusal?.Code);
    }
}
