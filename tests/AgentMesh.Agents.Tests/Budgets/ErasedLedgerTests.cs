using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>What stays of a ledger when its agent is erased, and of a limit that is taken away.</summary>
public sealed class ErasedLedgerTests
{
    private readonly FakeLedger _agent = new();

    [Fact]
    public void Nothing_StaysOfNothing()
    {
        Assert.Null(Ledger.Empty.WithoutAgent(_agent.Rules, _agent.Now));
        _agent.Hold("model", 40, HoldKind.Model);
        _agent.Void("model");
        Assert.Null(_agent.Ledger.WithoutAgent(_agent.Rules, _agent.Now));
    }

    [Theory]
    [InlineData(24 * 3_600_000 - 1, true)]
    [InlineData(24 * 3_600_000, false)]
    public void Spending_StaysWhileItIsInItsWindow(int afterMs, bool stays)
    {
        _agent.Hold("model", 40, HoldKind.Model);
        _agent.Post("model", 40);
        _agent.Now = _agent.Now.AddMilliseconds(afterMs);
        Assert.Equal(stays, _agent.Ledger.WithoutAgent(_agent.Rules, _agent.Now) is not null);
    }

    [Theory]
    [InlineData(FakeLedger.Usdc)]
    [InlineData(BudgetAssets.Usd)]
    public void Spending_OfOneAssetOnly_Stays(string asset)
    {
        _agent.Rules = new([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100), FakeLedger.Limit("agent", FakeLedger.Usdc, "once", 100)]);
        _agent.Hold("model", 40, HoldKind.Model, asset);
        _agent.Post("model", 40);
        _agent.Ledger = _agent.Ledger.WithoutAgent(_agent.Rules, _agent.Now) ?? Ledger.Empty;
        Assert.Equal("budget_exceeded", _agent.Hold("more", 61, asset: asset).Refusal?.Code);
    }

    [Fact]
    public void MoneyOfOthers_DoesNotStay_AndWhatWasSpentOfItIsNoneOfTheAgents()
    {
        _agent.Grant("mail:1", 50);
        _agent.Hold("turn:7:1:1", 40, HoldKind.Model, grant: "mail:1");
        _agent.Hold("payment", 5, grant: "mail:1");
        var left = _agent.Ledger.WithoutAgent(_agent.Rules, _agent.Now)!;
        Assert.Empty(left.Grants);
        Assert.Equal(["payment"], left.Open.Select(hold => hold.Id));
        Assert.Equal(((UInt128)0, (UInt128)0, (UInt128)0, (UInt128)100), FakeLedger.Of(left.View(_agent.Rules, _agent.Now)[0]));
    }

    [Fact]
    public void Limits_Stay()
    {
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "once", 1));
        Assert.Equal((UInt128)1, Assert.Single(_agent.Ledger.WithoutAgent(_agent.Rules, _agent.Now)!.View(_agent.Rules, _agent.Now)).Limit.Amount);
    }

    [Fact]
    public void WhatAModelMayHaveCost_IsSpent_AndANewTurnOfItsNameHoldsAnew()
    {
        _agent.Hold("turn:1:1:1", 40, HoldKind.Model);
        _agent.Ledger = _agent.Ledger.WithoutAgent(_agent.Rules, _agent.Now)!;
        Assert.Equal(((UInt128)40, (UInt128)0, (UInt128)0, (UInt128)60), _agent.First());
        Assert.Null(_agent.Hold("turn:1:1:1", 40, HoldKind.Model).Refusal);
        Assert.Equal(((UInt128)40, (UInt128)40, (UInt128)0, (UInt128)20), _agent.First());
    }

    [Fact]
    public void WhatAPaymentMayHaveCost_StaysHeld()
    {
        _agent.Hold("payment", 40);
        _agent.Ledger = _agent.Ledger.WithoutAgent(_agent.Rules, _agent.Now)!;
        Assert.Equal(((UInt128)0, (UInt128)40, (UInt128)0, (UInt128)60), _agent.First());
        Assert.Null(_agent.Post("payment", 40).Refusal);
    }

    /// <summary>Cause: the meter of a limit that was taken away went while a hold that would count for it was open, because nothing was spent yet.</summary>
    [Fact]
    public void WhatIsHeld_WhenItsLimitIsTakenAway_CountsWhenTheLimitIsSetAgain()
    {
        _agent.Hold("payment", 40);
        _agent.Set();
        _agent.Post("payment", 40);
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 100));
        Assert.Equal(((UInt128)40, (UInt128)0, (UInt128)0, (UInt128)60), _agent.First());
    }
}
