using AgentMesh.Agents.TenantBudgets;

namespace AgentMesh.Agents.Tests.TenantBudgets;

/// <summary>When a tenant's spending counts: its processes host it one after the other, and their clocks differ.</summary>
public sealed class TenantClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>A clock that is an hour behind shortens no lease, and lets nothing leave a window an hour early.</summary>
    [Fact]
    public void Time_ThatJumpsBack_StandsStill()
    {
        var tenant = FakeTenant.With(100);
        var seen = tenant.Now;
        tenant.Take("one", 1, 60);
        tenant.Now = seen - Hour;
        Assert.Equal(seen + TenantBudgetLimits.LeaseTime, tenant.Take("one", 2, 60).Value!.Lease!.Until);
        tenant.Settle("one", 3, 60);
        tenant.Now = seen.AddHours(24).AddMilliseconds(-1);
        Assert.Equal(60, tenant.First().Posted);
        tenant.Now = seen.AddHours(24);
        Assert.Equal(0, tenant.First().Posted);
    }

    /// <summary>A lost lease is spent when somebody looks, and at the latest a tolerance of the clocks after its end: never in the future.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(29_999, 29_999)]
    [InlineData(30_000, 30_000)]
    [InlineData(3_600_000, 30_000)]
    public void LostLease_IsSpentWhenItIsSeen(int seenMs, int spentMs)
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        var end = tenant.Now + TenantBudgetLimits.LeaseTime;
        tenant.Now = end.AddMilliseconds(seenMs);
        tenant.Ledger = tenant.Ledger.Advance(tenant.Now);
        tenant.Now = end.AddHours(24).AddMilliseconds(spentMs - 1);
        Assert.Equal(60, tenant.First().Posted);
        tenant.Now = end.AddHours(24).AddMilliseconds(spentMs);
        Assert.Equal(0, tenant.First().Posted);
    }

    /// <summary>Of two leases that were lost the one that ended first leaves the window first, in whichever order they were taken.</summary>
    [Fact]
    public void LostLeases_AreSpentInTheOrderOfTheirEnds()
    {
        var tenant = FakeTenant.With(100, "rolling:1h");
        var start = tenant.Now;
        tenant.Take("later", 1, 50);
        tenant.Take("earlier", 1, 30);
        tenant.Now = start.AddSeconds(50);
        tenant.Take("later", 2, 50);
        tenant.Now = start.AddMinutes(10);
        var spent = start + TenantBudgetLimits.LeaseTime + TenantBudgetLimits.ClockTolerance;
        Assert.Equal(spent + Hour, tenant.Ledger.View(tenant.Now)[0].ResetsAt);
        tenant.Now = spent + Hour;
        Assert.Equal((50, 0, 50), tenant.First());
        Assert.Equal(spent.AddSeconds(50) + Hour, tenant.Ledger.View(tenant.Now)[0].ResetsAt);
    }
}
