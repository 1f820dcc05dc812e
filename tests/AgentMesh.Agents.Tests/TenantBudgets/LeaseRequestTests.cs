using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.TenantBudgets;

namespace AgentMesh.Agents.Tests.TenantBudgets;

/// <summary>What a process may say of a lease.</summary>
public sealed class LeaseRequestTests
{
    private const int Most = TenantBudgetLimits.NameCharacters;

    [Theory]
    [InlineData(1, 1, 1, 1, 0, 1, 1, false)]
    [InlineData(Most, Most, 1, 1, 0, 1, 1, false)]
    [InlineData(0, 1, 1, 1, 0, 1, 1, true)]
    [InlineData(Most + 1, 1, 1, 1, 0, 1, 1, true)]
    [InlineData(1, 0, 1, 1, 0, 1, 1, true)]
    [InlineData(1, Most + 1, 1, 1, 0, 1, 1, true)]
    // Revisions are from 1.
    [InlineData(1, 1, 0, 1, 0, 1, 1, true)]
    // Spent is at most the least, and that at most what is wanted.
    [InlineData(1, 1, 1, 1, 1, 1, 1, false)]
    [InlineData(1, 1, 1, 1, 2, 1, 2, true)]
    [InlineData(1, 1, 1, 1, 0, 2, 2, false)]
    [InlineData(1, 1, 1, 1, 0, 2, 1, true)]
    // No asset.
    [InlineData(1, 1, 1, 0, 0, 1, 1, true)]
    public void Request_ThatContradictsItself_IsABug(int id, int holder, long revision, int asset, int spent, int least, int wanted, bool isABug)
    {
        var request = new LeaseRequest(
            new string('i', id), revision, new string('h', holder), asset == 1 ? FakeTenant.Usdc : "usd", (UInt128)spent, (UInt128)least, (UInt128)wanted);
        var tenant = FakeTenant.With(100);
        Assert.Equal(isABug, Record.Exception(() => tenant.Ledger.Take(request, null, tenant.Now)) is ArgumentException);
    }

    /// <summary>The name of a lease is its holder's, for one lease of one asset.</summary>
    [Theory]
    [InlineData("holder of one", FakeTenant.Usdc, false)]
    [InlineData("another", FakeTenant.Usdc, true)]
    [InlineData("holder of one", BudgetAssets.Usd, true)]
    [InlineData("another", BudgetAssets.Usd, true)]
    public void Lease_IsOfOneHolderAndOneAsset(string holder, string asset, bool isABug)
    {
        var tenant = FakeTenant.With(100);
        tenant.Take("one", 1, 60);
        var request = new LeaseRequest("one", 2, holder, asset, 0, 60, 60);
        Assert.Equal(isABug, Record.Exception(() => tenant.Ledger.Take(request, null, tenant.Now)) is ArgumentException);
    }
}
