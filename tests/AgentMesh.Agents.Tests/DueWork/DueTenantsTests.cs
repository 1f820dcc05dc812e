using AgentMesh.Agents.DueWork;

namespace AgentMesh.Agents.Tests.DueWork;

public sealed class DueTenantsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Theory]
    [InlineData(null, 60, 60)]
    [InlineData(60, 59, 59)]
    [InlineData(60, 60, 60)]
    [InlineData(60, 61, 60)]
    public void NoLaterThan_OnlyMovesForward(int? known, int at, int expected)
    {
        var tenants = DueTenants.Empty.At("acme", Now);
        if (known is { } seconds)
            tenants = tenants.At("default", Now.AddSeconds(seconds));
        var after = tenants.NoLaterThan("default", Now.AddSeconds(at).AddTicks(3));
        Assert.Equal(Now.AddSeconds(expected), after.Of("default"));
        Assert.Equal(known is not null && known <= at, ReferenceEquals(tenants, after));
        Assert.Equal(Now, after.Of("acme"));
    }

    [Fact]
    public void At_MovesEitherWay_AndForgets()
    {
        var tenants = DueTenants.Empty.At("default", Now).At("default", Now.AddSeconds(60));
        Assert.Equal([new TenantDue("default", Now.AddSeconds(60))], tenants.Tenants);
        Assert.Empty(tenants.At("default", null).Tenants);
        Assert.Empty(DueTenants.Empty.At("default", null).Tenants);
    }

    [Theory]
    [InlineData(59, "")]
    [InlineData(60, "b")]
    [InlineData(61, "b a")]
    public void Due_AreThoseWhoseTimeHasCome_TheEarliestFirst(int seconds, string expected)
    {
        var tenants = DueTenants.Empty.At("a", Now.AddSeconds(61)).At("b", Now.AddSeconds(60)).At("c", Now.AddSeconds(62));
        Assert.Equal(expected, string.Join(' ', tenants.Due(Now.AddSeconds(seconds)).Select(tenant => tenant.Tenant)));
    }

    [Theory]
    [InlineData(DueLimits.Tenants - 1, true)]
    [InlineData(DueLimits.Tenants, false)]
    public void Tenants_HaveALimit(int others, bool isTaken)
    {
        var tenants = new DueTenants([.. Enumerable.Range(0, others).Select(n => new TenantDue($"t{n}", Now))]);
        Assert.Equal(isTaken, tenants.NoLaterThan("default", Now).Of("default") is not null);
        Assert.Equal(Now.AddSeconds(-1), tenants.NoLaterThan("t0", Now.AddSeconds(-1)).Of("t0"));
    }
}
