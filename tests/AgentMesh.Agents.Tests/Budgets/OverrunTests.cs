using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>What models have cost beyond their holds.</summary>
public sealed class OverrunTests
{
    private readonly FakeLedger _agent = new();

    [Fact]
    public void Overruns_AddUp()
    {
        _agent.Hold("one", 10, HoldKind.Model);
        _agent.Hold("two", 10, HoldKind.Model);
        _agent.Post("one", 20);
        _agent.Post("two", 15);
        Assert.Equal(((UInt128)20, (UInt128)0, (UInt128)15, (UInt128)0), _agent.First());
    }

    /// <summary>Posted 20 and overrun by 15: a limit takes it as spent when it has room for both.</summary>
    [Theory]
    [InlineData(34, 15)]
    [InlineData(35, 0)]
    public void Overruns_AreForgivenTogether(int limit, int overrun)
    {
        Overruns_AddUp();
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", (UInt128)limit));
        Assert.Equal((UInt128)overrun, _agent.First().Overrun);
    }

    /// <summary>A limit of an hour has seen the first overrun leave, one of a day has not: a new one knows the more of the two.</summary>
    [Fact]
    public void NewLimit_KnowsTheMostThatAnyKnows()
    {
        BudgetLimit day = FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 30), hour = FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:1h", 30);
        _agent.Set(hour, day);
        _agent.Hold("one", 10, HoldKind.Model, expiresMs: 10_000_000);
        _agent.Hold("two", 10, HoldKind.Model, expiresMs: 10_000_000);
        _agent.Post("one", 20);
        _agent.Now += TimeSpan.FromHours(1);
        _agent.Post("two", 15);
        Assert.Equal([(10, 5), (20, 15)], _agent.View().Select(view => ((int)view.Posted, (int)view.Overrun)));
        _agent.Set(hour, day, FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:2h", 30));
        Assert.Equal((20, 15), ((int)_agent.View()[2].Posted, (int)_agent.View()[2].Overrun));
    }

    /// <summary>Of the session that ran the model and of the whole agent, in every window; not of another session, nor of another asset.</summary>
    [Fact]
    public void Overrun_LocksWhatItsHoldCountedFor()
    {
        _agent.Set(
            FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 100), FakeLedger.Limit("agent", FakeLedger.Usdc, "once", 100),
            FakeLedger.Limit("session:default", FakeLedger.Usdc, "once", 100), FakeLedger.Limit("tool:shop", FakeLedger.Usdc, "once", 100),
            FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100));
        _agent.Hold("model", 10, HoldKind.Model, session: "default");
        _agent.Post("model", 11);
        Assert.Equal([1, 1, 1, 0, 0], _agent.View().Select(view => (int)view.Overrun));
        Assert.Null(_agent.Hold("other asset", 100, asset: BudgetAssets.Usd).Refusal);
    }
}
