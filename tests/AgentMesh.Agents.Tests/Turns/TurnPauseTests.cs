using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Turns;

/// <summary>When a turn that waits until there is budget is looked at again, and what it then says of why it waits.</summary>
public sealed class TurnPauseTests
{
    private static readonly Refusal Frozen = new("tenant_frozen", "The tenant spends nothing.");
    private static readonly Refusal TenantHasNotEnough = new BudgetRefusal(
        "budget_exceeded", "The tenant has not enough.", new BudgetShortage(TenantLedger.Scope, BudgetAssets.Usd, "rolling:24h", 7, FakeAgent.Start.AddHours(9)));

    private readonly FakeAgent _agent = new();

    public TurnPauseTests()
    {
        _agent.Rules = _agent.Rules with { AnswersAtOnce = false };
        _agent.Budget = new BudgetRules([Limit(1000)]);
        _agent.Post("question");
    }

    private TurnPause? Paused => _agent.Turns!.Find(1)!.Pause;

    /// <summary>What other processes give back is not known here: whatever else happens, the tenant is asked once a minute.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(59_999, false)]
    [InlineData(60_000, true)]
    [InlineData(60_001, true)]
    public void PauseForTheTenantsBudget_IsLookedAtInItsTime(int milliseconds, bool goesOn)
    {
        _agent.Gate = TenantHasNotEnough;
        Pause(100);
        Assert.Equal(("tenant", "rolling:24h", 7, FakeAgent.Start.AddHours(9)), (Paused!.Scope, Paused.Window, (int)Paused.Available, Paused.ResetsAt));
        Assert.Equal(FakeAgent.Start.AddSeconds(60), _agent.Head!.NextDue);
        _agent.Gate = null;
        _agent.Now += TimeSpan.FromMilliseconds(milliseconds);
        Assert.Null(_agent.Advance());
        Assert.Equal(goesOn ? [new TurnRun(1, 2)] : [], _agent.Runs);
    }

    /// <summary>No time makes room here, so that there is none to look at it; it is no matter of budget any more from the first look on.</summary>
    [Fact]
    public void PauseWithoutATime_HasOne_WhenSomethingElseRefusesIt()
    {
        Pause(1001);
        Assert.Null(Paused!.TryAt);
        var before = Paused;
        // Another shortage of budget does not change what it says.
        _agent.SetLimits(Limit(900));
        Assert.Equal(before, Paused);
        _agent.Gate = Frozen;
        _agent.Now += TimeSpan.FromSeconds(5);
        Assert.Null(_agent.Advance());
        Assert.Equal(("tenant_frozen", null, FakeAgent.Start, 1001), (Paused.Code, Paused.Scope, Paused.At, Paused.NeededMicroUsd));
        Assert.Equal((_agent.Now.AddSeconds(60), _agent.Now.AddSeconds(60)), (Paused.TryAt, _agent.Head!.NextDue));
    }

    [Fact]
    public void PauseThatEndsAtATime_SaysWhen_AndStaysAsItIsUntilThen()
    {
        Assert.Equal(900, _agent.HoldCall(1, 1, 1, 900, 100).Value!.GrantedMicroUsd);
        _agent.Complete(1, 1, "answer", lastMicroUsd: 900);
        var turn = TurnId.Parse(_agent.Post("another").Value!.TurnId)!.Value;
        var pause = _agent.HoldCall(turn, 1, 1, 500, 200).Value!.Pause!;
        var resetsAt = pause.ResetsAt!.Value;
        Assert.Contains($"\"resetsAt\":\"{resetsAt:yyyy-MM-ddTHH:mm:ss.fff}Z\"}}", _agent.Log().Last(), StringComparison.Ordinal);
        _agent.Gate = Frozen;
        _agent.Now = resetsAt.AddMilliseconds(-1);
        Assert.Null(_agent.Advance());
        Assert.Equal(pause, _agent.Turns!.Find(turn)!.Pause);
        _agent.Now = resetsAt;
        Assert.Null(_agent.Advance());
        Assert.Equal(("tenant_frozen", resetsAt.AddSeconds(60)), (_agent.Turns!.Find(turn)!.Pause!.Code, _agent.Turns.Find(turn)!.Pause!.TryAt!.Value));
    }

    /// <summary>The message ends it, and nothing is left to be looked at.</summary>
    [Fact]
    public void Interrupt_OfTheLastPausedTurn_LeavesNoLook()
    {
        _agent.Gate = Frozen;
        Pause(100);
        Assert.Equal(FakeAgent.Start.AddSeconds(60), _agent.Head!.NextResume);
        Assert.Null(_agent.Post("instead", ifBusy: "interrupt").Refusal);
        Assert.Equal((0, null, null), (_agent.Head!.PausedTurns, _agent.Head.NextResume, _agent.Head.NextDue));
    }

    [Fact]
    public void Table_KnowsTheFirstLook_AndWhetherItHasToDoWithMoney()
    {
        var turn = _agent.Turns!.Open[0];
        var pause = new TurnPause(FakeAgent.Start, "code", "Why.", null, null, 0, null, 1, null);
        Assert.False(new TurnTable([turn]).NeedsLedger);
        Assert.True(new TurnTable([turn, turn with { Turn = 2, Call = 1 }]).NeedsLedger);
        Assert.True(new TurnTable([turn, turn with { Turn = 2, Pause = pause }]).NeedsLedger);
        Assert.Null(new TurnTable([turn with { Pause = pause }]).NextResume);
        Assert.Equal(FakeAgent.Start.AddSeconds(1), new TurnTable([At(2), At(1), At(3), turn]).NextResume);

        OpenTurn At(int seconds) => turn with { Turn = seconds, Pause = pause with { TryAt = FakeAgent.Start.AddSeconds(seconds) } };
    }

    private static BudgetLimit Limit(UInt128 amount) => new(BudgetScopes.Agent, BudgetAssets.Usd, BudgetWindow.TryParse("rolling:24h")!, amount);

    private void Pause(long least) => Assert.NotNull(_agent.HoldCall(1, 1, 1, 5000, least).Value!.Pause);
}
