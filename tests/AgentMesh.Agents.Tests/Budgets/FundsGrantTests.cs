using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>Money of another agent: one turn spends it, and none of the agent's own limits counts it.</summary>
public sealed class FundsGrantTests
{
    private const string OtherSession = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

    private readonly FakeLedger _agent = new();

    [Theory]
    [InlineData("7", FakeLedger.Usdc, "mail:1")]
    [InlineData("7", BudgetAssets.Usd, "mail:2")]
    [InlineData("8", FakeLedger.Usdc, "mail:3")]
    [InlineData("8", BudgetAssets.Usd, null)]
    [InlineData("9", FakeLedger.Usdc, null)]
    [InlineData(null, FakeLedger.Usdc, null)]
    public void Turn_SpendsWhatItWasGrantedOfTheAsset(string? turn, string asset, string? grant)
    {
        _agent.Grant("mail:1", 50, "7");
        _agent.Grant("mail:2", 50, "7", BudgetAssets.Usd);
        _agent.Grant("mail:3", 50, "8");
        Assert.Equal(grant, _agent.Ledger.GrantOf(turn, asset));
    }

    [Fact]
    public void Grant_TakenAgain_IsTheOneItWas()
    {
        _agent.Grant("mail:1", 50);
        Spend("one", 30);
        _agent.Grant("mail:1", 50);
        Assert.Equal("budget_exceeded", _agent.Hold("over", 21, grant: "mail:1").Refusal?.Code);
        Assert.Equal((UInt128)30, _agent.EndGrant("mail:1"));
        Assert.Empty(_agent.Ledger.Grants);
    }

    /// <summary>Of 50, 15 are posted and 10 are held. What is held of the agent's own, and of another grant, is not of it.</summary>
    [Theory]
    [InlineData(24, null)]
    [InlineData(25, null)]
    [InlineData(26, "budget_exceeded")]
    public void Hold_IsGrantedUpToWhatIsLeftOfTheGrant(int amount, string? code)
    {
        HoldEverything();
        Assert.Equal(code, _agent.Hold("more", (UInt128)amount, grant: "mail:1").Refusal?.Code);
        Assert.Equal(((UInt128)0, (UInt128)90, (UInt128)0, (UInt128)10), _agent.First());
    }

    [Theory]
    [InlineData(60, 24, 25)]
    [InlineData(60, 25, 25)]
    [InlineData(60, 26, null)]
    [InlineData(24, 0, 24)]
    public void Model_GetsWhatIsLeftOfTheGrantWhenThatIsEnough(int amount, int least, int? granted)
    {
        HoldEverything();
        var step = _agent.Hold("model", (UInt128)amount, HoldKind.Model, least: (UInt128)least, grant: "mail:1");
        Assert.Equal(granted is null ? "budget_exceeded" : null, step.Refusal?.Code);
        Assert.Equal((UInt128?)granted, step.Value?.Hold.Amount);
    }

    /// <summary>A hold of nothing would let a model run that nobody pays for.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public void Grant_OfWhichNothingIsLeft_PaysForNothing(int amount, int least)
    {
        _agent.Grant("mail:1", 50);
        Spend("all", 50);
        var refusal = Assert.IsType<BudgetRefusal>(_agent.Hold("model", (UInt128)amount, HoldKind.Model, least: (UInt128)least, grant: "mail:1").Refusal);
        Assert.Equal(("budget_exceeded", new BudgetShortage("delegation", FakeLedger.Usdc, "once", 0, null)), (refusal.Code, refusal.Shortage));
    }

    [Theory]
    [InlineData("mail:1", FakeLedger.Usdc, 25)]
    [InlineData("mail:1", BudgetAssets.Usd, 0)]
    [InlineData("mail:9", FakeLedger.Usdc, 0)]
    public void Refusal_SaysWhatIsLeftOfTheGrant_WhichTimeDoesNotAddTo(string grant, string asset, int left)
    {
        HoldEverything();
        var refusal = Assert.IsType<BudgetRefusal>(_agent.Hold("more", 26, asset: asset, grant: grant).Refusal);
        Assert.Equal(new BudgetShortage("delegation", asset, "once", (UInt128)left, null), refusal.Shortage);
    }

    /// <summary>What is held when it ends may have been spent, and is, whoever says otherwise later.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("void")]
    [InlineData("post")]
    [InlineData("expire")]
    public void End_CountsWhatIsHeldAsSpent_Once(string later)
    {
        HoldEverything();
        if (later == "expire")
            _agent.Now += TimeSpan.FromHours(1);
        Assert.Equal((UInt128)25, _agent.EndGrant("mail:1"));
        if (later == "void")
            Assert.Null(_agent.Void("held").Refusal);
        if (later == "post")
            Assert.Null(_agent.Post("held", 10).Refusal);
        Assert.Equal(UInt128.Zero, _agent.EndGrant("mail:1"));
        Assert.Equal("budget_exceeded", _agent.Hold("more", 1, grant: "mail:1").Refusal?.Code);
        Assert.Equal((UInt128)20, _agent.EndGrant("mail:2"));
        Assert.Equal(UInt128.Zero, _agent.First().Posted);
    }

    [Fact]
    public void End_OfAGrantThatIsNotThere_SpendsNothing() => Assert.Equal(UInt128.Zero, _agent.EndGrant("mail:1"));

    /// <summary>The grant pays what was held of it, and no more: the model is the agent's own, and so is what it has cost beyond.</summary>
    [Theory]
    [InlineData(9, 9, 0)]
    [InlineData(10, 10, 0)]
    [InlineData(11, 10, 1)]
    public void Model_ThatCostsMoreThanItsHold_LocksTheAgentsOwnLimits(int actual, int spent, int overrun)
    {
        _agent.Set(
            FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 100), FakeLedger.Limit("session:default", FakeLedger.Usdc, "once", 100),
            FakeLedger.Limit("session:" + OtherSession, FakeLedger.Usdc, "once", 100), FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100));
        _agent.Grant("mail:1", 50);
        _agent.Grant("mail:2", 50);
        _agent.Hold("model", 10, HoldKind.Model, session: "default", grant: "mail:1");
        Assert.Null(_agent.Post("model", (UInt128)actual).Refusal);
        Assert.Equal([overrun, overrun, 0, 0], _agent.View().Select(view => (int)view.Overrun));
        Assert.All(_agent.View(), view => Assert.Equal(UInt128.Zero, view.Posted));
        Assert.Equal(overrun > 0 ? "budget_locked" : null, _agent.Hold("own", 1).Refusal?.Code);
        Assert.Null(_agent.Hold("granted", 40, grant: "mail:1").Refusal);
        _agent.Void("granted");
        Assert.Equal(((UInt128)spent, UInt128.Zero), (_agent.EndGrant("mail:1"), _agent.EndGrant("mail:2")));
    }

    /// <summary>Of a grant of 50, 15 posted and 10 held; and 90 of the agent's own and 20 of another grant are held.</summary>
    private void HoldEverything()
    {
        _agent.Grant("mail:1", 50);
        _agent.Grant("mail:2", 50);
        Spend("posted", 15);
        Assert.Null(_agent.Hold("held", 10, HoldKind.Model, grant: "mail:1").Refusal);
        Assert.Null(_agent.Hold("own", 90).Refusal);
        Assert.Null(_agent.Hold("another's", 20, grant: "mail:2").Refusal);
    }

    private void Spend(string id, UInt128 amount)
    {
        Assert.Null(_agent.Hold(id, amount, HoldKind.Model, grant: "mail:1").Refusal);
        Assert.Null(_agent.Post(id, amount).Refusal);
    }
}
