using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.TenantBudgets;

namespace AgentMesh.Agents.Tests.TenantBudgets;

/// <summary>What is said of a lease twice, because the answer was lost: it is answered again, and changes nothing.</summary>
public sealed class LeaseRepeatTests
{
    private static readonly TimeSpan HalfAMinute = TimeSpan.FromSeconds(30);

    /// <summary>The holder counts its time from when it first asked.</summary>
    [Theory]
    [InlineData(60, 60, 60)]
    [InlineData(20, 60, 25)]
    public void Take_SaidAgain_IsAnsweredWithWhatItGot_AndGoesOnNoLonger(int least, int wanted, int granted)
    {
        var tenant = FakeTenant.With(100);
        var first = tenant.Take("one", 1, least, wanted).Value!;
        tenant.Now += HalfAMinute;
        var second = tenant.Take("one", 1, least, wanted).Value!;
        Assert.Equal(first.Lease, second.Lease);
        Assert.Equal((granted, null), ((int)second.Lease!.Granted, second.Why));
        Assert.Equal(tenant.Now + HalfAMinute, second.Lease.Until);
    }

    /// <summary>
    /// One that got less than the least it asked for is told so again, and why. Cause: at first it was told that what it had itself was left as well.
    /// </summary>
    [Fact]
    public void Take_SaidAgain_IsToldAgainWhyItIsNotEnough()
    {
        var tenant = Short();
        var first = tenant.Take("one", 2, 80).Value!;
        var second = tenant.Take("one", 2, 80).Value!;
        Assert.Equal(first.Why, second.Why);
        Assert.Equal((30, first.Lease), ((int)second.Lease!.Granted, second.Lease));
        Assert.Equal(new BudgetShortage("tenant", FakeTenant.Usdc, "rolling:24h", 30, tenant.Now.AddHours(24)), Assert.IsType<BudgetRefusal>(second.Why).Shortage);
    }

    /// <summary>Whose spending is stopped meanwhile is told that: it is what keeps it from having more.</summary>
    [Theory]
    [InlineData(30, null)]
    [InlineData(31, "tenant_frozen")]
    public void Take_SaidAgainOfAFrozenTenant_IsToldThatItIsFrozen(int least, string? code)
    {
        var tenant = Short();
        Assert.Equal(code, tenant.Take("one", 2, least, stop: FreezeRefusals.TenantFrozen).Value!.Why?.Code);
        Assert.Equal(code, tenant.Take("one", 2, least, stop: FreezeRefusals.TenantFrozen).Value!.Why?.Code);
        Assert.Equal((40, 30, 30), tenant.First());
    }

    /// <summary>What was said last counts, whatever a repeat of it says: of two that differ one is wrong, and was never spent by it.</summary>
    [Theory]
    [InlineData(45)]
    [InlineData(60)]
    public void Settle_SaidAgain_ChangesNothing(int spent)
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        tenant.Settle("one", 2, 45);
        tenant.Now += HalfAMinute;
        Assert.Null(tenant.Settle("one", 2, spent).Refusal);
        Assert.Equal((45, 0, 55), tenant.First());
        // It is remembered from when it ended.
        tenant.Now += HalfAMinute;
        Assert.Equal("lease_ended", tenant.Settle("one", 2, spent).Refusal?.Code);
    }

    [Theory]
    [InlineData(2, 30)]
    [InlineData(3, 0)]
    public void Settle_OvertakenByWhatWasSaidLater_EndsNothing(long revision, int held)
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 30);
        tenant.Take("one", 2, 30);
        Assert.Null(tenant.Settle("one", revision, 0).Refusal);
        Assert.Equal(held, tenant.First().Held);
    }

    /// <summary>Of leases that are over those that ended last are remembered, as many as there may be of living ones.</summary>
    [Fact]
    public void EndedLeases_OldestAreForgottenFirst()
    {
        const int Ended = TenantBudgetLimits.Leases + 2;
        var tenant = FakeTenant.With(1_000_000);
        for (var n = 0; n < Ended; n++)
        {
            tenant.Ledger = tenant.Ledger.Take(new LeaseRequest($"{n}", 1, "holder", FakeTenant.Usdc, 0, 1, 1), null, tenant.Now).Value!.Ledger;
            tenant.Ledger = tenant.Ledger.Settle($"{n}", 2, 1, tenant.Now).Value!.Ledger;
            tenant.Now += TimeSpan.FromMilliseconds(1);
        }

        Assert.Equal(
            ["lease_ended", "lease_ended", null, null],
            new[] { 0, 1, 2, Ended - 1 }.Select(n => tenant.Ledger.Settle($"{n}", 2, 1, tenant.Now).Refusal?.Code));
        Assert.Equal(Ended, tenant.First().Posted);
    }

    /// <summary>Of 100, 40 are spent and 30 in the hands of one.</summary>
    private static FakeTenant Short()
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("spent", 1, 40);
        tenant.Settle("spent", 2, 40);
        tenant.Take("one", 1, 30);
        return tenant;
    }
}
