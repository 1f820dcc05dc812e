using AgentMesh.ActorHost.Budgets;
using AgentMesh.X402.Networks;

namespace AgentMesh.ActorHost.Tests.Budgets;

/// <summary>The limits of agents that were set none.</summary>
public sealed class DefaultLimitsTests
{
    [Fact]
    public void Defaults_AreFiftyUnitsADayOfEachAsset() => Assert.Equal(
        ["agent USD rolling:24h 50000000", "agent eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e rolling:24h 50000000"],
        DefaultLimits.RulesOf(new BudgetOptions(), new PaymentAssetOptions().Token).Defaults.Select(limit => $"{limit.Scope} {limit.Asset} {limit.Window} {limit.Amount}"));

    [Fact]
    public void TokenThatIsNotKnown_HasNone() => Assert.Single(
        DefaultLimits.RulesOf(new BudgetOptions(), new PaymentAssetOptions { Asset = "0x0000000000000000000000000000000000000001" }.Token).Defaults);

    [Fact]
    public void Settings_TakeTheirPlace()
    {
        var options = new BudgetOptions { Defaults = { new DefaultLimitOptions { Limit = "5", Window = "calendar:day:Europe/Berlin" } } };
        var limit = Assert.Single(DefaultLimits.RulesOf(options, KnownAssets.UsdcOnBase).Defaults);
        Assert.Equal("agent USD calendar:day:Europe/Berlin 5", $"{limit.Scope} {limit.Asset} {limit.Window} {limit.Amount}");
    }

    [Theory]
    [InlineData("agent", "USD", "once", "0", null)]
    [InlineData("agent", "USD", "once", "", "AgentMesh__Budget__Defaults__0: ")]
    [InlineData("agent", "USD", "once", "1.5", "AgentMesh__Budget__Defaults__0: ")]
    [InlineData("all", "USD", "once", "1", "AgentMesh__Budget__Defaults__0: ")]
    [InlineData("agent", "USDC", "once", "1", "AgentMesh__Budget__Defaults__0: ")]
    [InlineData("agent", "USD", "daily", "1", "AgentMesh__Budget__Defaults__0: ")]
    public void Settings_AreCheckedAtStart(string scope, string asset, string window, string limit, string? failure)
    {
        var options = new BudgetOptions { Defaults = { new DefaultLimitOptions { Scope = scope, Asset = asset, Window = window, Limit = limit } } };
        var result = new DefaultLimits().Validate(null, options);
        Assert.Equal(failure is null, result.Succeeded);
        if (failure is not null)
            Assert.StartsWith(failure, result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoOnTheSame_AreRefusedAtStart()
    {
        var options = new BudgetOptions { Defaults = { new DefaultLimitOptions { Limit = "1" }, new DefaultLimitOptions { Limit = "2" } } };
        Assert.StartsWith("AgentMesh__Budget__Defaults: ", new DefaultLimits().Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }
}
