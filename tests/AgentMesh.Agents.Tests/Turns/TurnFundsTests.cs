using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Turns;

/// <summary>Turns and money: what a run sets aside, what counts in the end, and what happens where there is not enough.</summary>
public sealed class TurnFundsTests
{
    private readonly FakeAgent _agent = new();

    public TurnFundsTests()
    {
        _agent.Rules = _agent.Rules with { AnswersAtOnce = false };
        _agent.Budget = new BudgetRules([Limit(1000)]);
        _agent.Post("question");
    }

    private (long Posted, long Held, long Overrun) Budget =>
        _agent.Ledger.View(_agent.Budget, _agent.Now) is [var view, ..] ? ((long)view.Posted, (long)view.Held, (long)view.Overrun) : default;

    [Fact]
    public void Call_HasAHold_AndTheAnswerCostsWhatItSays()
    {
        Assert.Equal(600, Granted(_agent.HoldCall(1, 1, 1, 600, 100)));
        Assert.Equal((0, 600, 0), Budget);
        var hold = Assert.Single(_agent.Ledger.Open);
        Assert.Equal(("turn:1:1:1", "default", FakeAgent.Start + TimeSpan.FromSeconds(360)), (hold.Id, hold.Session, hold.ExpiresAt));
        Assert.Null(_agent.Complete(1, 1, "answer", lastMicroUsd: 250));
        Assert.Equal((250, 0, 0), Budget);
        Assert.Equal(["1 user question of 1", "2 budget", "3 assistant answer of 1"], _agent.Log().Select(line => line.Split(" {")[0]));
    }

    [Fact]
    public void NextCall_SettlesTheOneBefore()
    {
        Granted(_agent.HoldCall(1, 1, 1, 400, 100));
        Granted(_agent.HoldCall(1, 1, 2, 300, 100, 120));
        Assert.Equal((120, 300, 0), Budget);
        // What it has cost is not known.
        Granted(_agent.HoldCall(1, 1, 3, 200, 100));
        Assert.Equal((420, 200, 0), Budget);
        // It has cost nothing.
        Granted(_agent.HoldCall(1, 1, 4, 200, 100, 0));
        Assert.Equal((420, 200, 0), Budget);
        Assert.Equal(420, _agent.Turns!.Find(1)!.SpentMicroUsd);
    }

    [Fact]
    public void RepeatedCall_FindsItsHold_AndAnOlderOneIsNotHeard()
    {
        Granted(_agent.HoldCall(1, 1, 1, 400, 100));
        var seq = _agent.Head!.LastSeq;
        Assert.Equal(400, Granted(_agent.HoldCall(1, 1, 1, 400, 100)));
        Assert.Equal((0, 400, 0), Budget);
        Granted(_agent.HoldCall(1, 1, 2, 300, 100, 50));
        Assert.Equal("turn_lost", _agent.HoldCall(1, 1, 1, 400, 100).Refusal!.Code);
        Assert.Equal("turn_lost", _agent.HoldCall(1, 1, 4, 400, 100).Refusal!.Code);
        Assert.Equal("turn_lost", _agent.HoldCall(1, 2, 1, 400, 100).Refusal!.Code);
        Assert.Equal("turn_lost", _agent.HoldCall(2, 1, 1, 400, 100).Refusal!.Code);
        Assert.Equal((50, 300, 0), Budget);
        Assert.Equal(seq, _agent.Head.LastSeq);
    }

    [Theory]
    [InlineData(1000, 100, 1000L)]
    [InlineData(1001, 100, 1000L)]
    [InlineData(1001, 1000, 1000L)]
    [InlineData(1001, 1001, null)]
    public void Call_GetsWhatThereIs_WhenThatIsEnough(long wanted, long least, long? granted)
    {
        var call = _agent.HoldCall(1, 1, 1, wanted, least).Value!;
        Assert.Equal(granted, call.GrantedMicroUsd);
        Assert.Equal(granted is null ? "budget_exceeded" : null, call.Pause?.Code);
    }

    [Fact]
    public void TurnWithoutEnough_IsPaused_AndWaitsForNobody()
    {
        var paused = _agent.HoldCall(1, 1, 1, 5000, 1001).Value!.Pause!;
        Assert.Equal(("budget_exceeded", "agent", "rolling:24h", 1000), (paused.Code, paused.Scope, paused.Window, (int)paused.Available));
        Assert.Equal(
            """2 turn_paused {"turn":"1","attempt":1,"reason":"budget_reached","code":"budget_exceeded","detail":"The budget of agent has 1000 atomic units of USD left in its window rolling:24h, which is not enough.","scope":"agent","asset":"USD","window":"rolling:24h","available":"1000"}""",
            _agent.Log(1).Single());
        // No lease and no deadline runs.
        _agent.Now += TimeSpan.FromDays(30);
        Assert.Null(_agent.Advance());
        Assert.Equal((1, false, 1), (_agent.Head!.OpenTurns, _agent.Head.HasWork, _agent.Turns!.Find(1)!.Attempt));
        Assert.Null(_agent.Head.NextDue);
        Assert.Equal((0, 0, 0), Budget);
    }

    [Fact]
    public void RunOfAPausedTurn_IsOver()
    {
        Pause();
        Assert.Equal("turn_lost", _agent.Renew(1, 1)!.Code);
        Assert.Equal("turn_lost", _agent.Note(1, 1, new ToolNote(1, "get_weather", "started", null))!.Code);
        Assert.Equal("turn_lost", _agent.Complete(1, 1, "answer")!.Code);
        Assert.Equal("turn_lost", _agent.Fail(1, 1)!.Code);
        // Its question is answered again, for the answer may have been lost.
        var seq = _agent.Head!.LastSeq;
        Assert.Equal("budget_exceeded", _agent.HoldCall(1, 1, 1, 5000, 1001).Value!.Pause!.Code);
        Assert.Equal(seq, _agent.Head.LastSeq);
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(1001, true)]
    public void PausedTurn_GoesOn_WhenTheLimitIsRaisedEnough(int limit, bool goesOn)
    {
        Pause();
        _agent.Now += TimeSpan.FromHours(1);
        _agent.SetLimits(Limit((UInt128)limit));
        Assert.Equal(goesOn ? [new TurnRun(1, 2)] : [], _agent.Runs);
        if (!goesOn)
            return;
        var turn = _agent.Turns!.Find(1)!;
        Assert.Equal((_agent.Now + TimeSpan.FromSeconds(15), _agent.Now + TimeSpan.FromSeconds(300)), (turn.LeaseUntil, turn.Deadline));
        Assert.Equal("""3 turn_resumed {"turn":"1","attempt":2}""", _agent.Log(2).Single());
        Assert.Equal(1001, Granted(_agent.HoldCall(1, 2, 1, 5000, 1001)));
        Assert.Null(_agent.Complete(1, 2, "answer", lastMicroUsd: 900));
        Assert.Equal("answer", _agent.FindEnd(1).Value!.End.Message!.Content);
        Assert.Equal((900, 0, 0), Budget);
    }

    [Fact]
    public void PausedTurn_GoesOn_WhenTimeHasMadeRoom()
    {
        Granted(_agent.HoldCall(1, 1, 1, 900, 100));
        _agent.Complete(1, 1, "answer", lastMicroUsd: 900);
        _agent.Post("another");
        var turn = _agent.Turns!.Open[0].Turn;
        var pause = _agent.HoldCall(turn, 1, 1, 500, 200).Value!.Pause!;
        Assert.Equal((100, pause.ResetsAt), ((int)pause.Available, _agent.Head!.NextDue));
        Assert.NotNull(pause.ResetsAt);
        _agent.Now = pause.ResetsAt!.Value - TimeSpan.FromMilliseconds(1);
        _agent.Advance();
        Assert.Empty(_agent.Runs);
        _agent.Now = pause.ResetsAt.Value;
        _agent.Advance();
        Assert.Equal([new TurnRun(turn, 2)], _agent.Runs);
        Assert.True(_agent.Head.HasWork);
    }

    /// <summary>Another session's turn has held more than it used.</summary>
    [Fact]
    public void PausedTurn_GoesOn_WhenAnotherLeavesWhatItHeld()
    {
        var session = _agent.CreateSession("r1").Value!.Id;
        _agent.Post("elsewhere", session: session);
        Granted(_agent.HoldCall(1, 1, 1, 900, 100));
        Assert.NotNull(_agent.HoldCall(2, 1, 1, 900, 200).Value!.Pause);
        _agent.Complete(1, 1, "answer", lastMicroUsd: 100);
        Assert.Equal([new TurnRun(2, 2)], _agent.Runs);
    }

    [Fact]
    public void PausedTurns_GoOnAsFarAsThereIsEnoughForAll()
    {
        var sessions = new[] { _agent.CreateSession("r1").Value!.Id, _agent.CreateSession("r2").Value!.Id };
        _agent.Post("two", session: sessions[0]);
        _agent.Post("three", session: sessions[1]);
        foreach (var turn in new[] { 1L, 2, 3 })
            Assert.NotNull(_agent.HoldCall(turn, 1, 1, 5000, 1200).Value!.Pause);
        _agent.SetLimits(Limit(3599));
        Assert.Equal([new TurnRun(1, 2), new TurnRun(2, 2)], _agent.Runs);
        Assert.Equal(1, _agent.Head!.PausedTurns);
    }

    /// <summary>A turn that cannot be paid for does not spend what there is again and again.</summary>
    [Theory]
    [InlineData(1549, false)]
    [InlineData(1550, true)]
    public void TurnPausedInItsMidst_NeedsAllThatItsRunHadSpentToo(int limit, bool goesOn)
    {
        Granted(_agent.HoldCall(1, 1, 1, 500, 100));
        Granted(_agent.HoldCall(1, 1, 2, 500, 100, 200));
        Assert.NotNull(_agent.HoldCall(1, 1, 3, 700, 550, 300).Value!.Pause);
        Assert.Equal((500, 0, 0), Budget);
        _agent.SetLimits(Limit((UInt128)limit));
        Assert.Equal(goesOn ? [new TurnRun(1, 2)] : [], _agent.Runs);
    }

    [Fact]
    public void Resume_ByItsOwner_LooksAgain()
    {
        Pause();
        var before = _agent.Turns!.Find(1);
        Assert.Null(_agent.Resume(1));
        Assert.Empty(_agent.Runs);
        Assert.Equal("budget_exceeded", _agent.Turns!.Find(1)!.Pause!.Code);
        Assert.Equal(before!.Pause!.At, _agent.Turns.Find(1)!.Pause!.At);
        _agent.Budget = new BudgetRules([Limit(5000)]);
        Assert.Null(_agent.Resume(1));
        Assert.Equal([new TurnRun(1, 2)], _agent.Runs);
        // One that runs, or is none, stays as it is.
        Assert.Null(_agent.Resume(1));
        Assert.Null(_agent.Resume(99));
        Assert.Empty(_agent.Runs);
    }

    [Fact]
    public void PausedTurn_KeepsItsPlace()
    {
        _agent.Post("behind");
        Pause();
        Assert.Equal((2, 2, false), (_agent.Head!.OpenTurns, _agent.Head.PausedTurns, _agent.Head.HasWork));
        _agent.SetLimits(Limit(5000));
        Assert.Equal([new TurnRun(1, 2)], _agent.Runs);
        _agent.Complete(1, 2, "answer");
        Assert.Equal([new TurnRun(2, 1)], _agent.Runs);
    }

    [Theory]
    [InlineData(null, "budget_exceeded")]
    [InlineData("reject", "budget_exceeded")]
    [InlineData("interrupt", null)]
    public void MessageBehindAPausedTurn_IsRefused(string? ifBusy, string? refusal)
    {
        Pause();
        var seq = _agent.Head!.LastSeq;
        Assert.Equal(refusal, _agent.Post("more", ifBusy: ifBusy).Refusal?.Code);
        if (refusal is null)
            Assert.Equal([new TurnRun(4, 1)], _agent.Runs);
        else
            Assert.Equal(seq, _agent.Head.LastSeq);
        var other = _agent.CreateSession("r1").Value!.Id;
        Assert.Null(_agent.Post("elsewhere", session: other).Refusal);
    }

    [Fact]
    public void RepeatOfAPausedMessage_FindsItsTurn()
    {
        var agent = new FakeAgent { Rules = _agent.Rules, Budget = _agent.Budget };
        agent.Post("question", key: "key");
        agent.HoldCall(1, 1, 1, 5000, 1001);
        Assert.Equal(("1", null), (agent.Post("question", key: "key").Value!.TurnId, agent.Post("question", key: "key").Value!.Response));
    }

    [Fact]
    public void Cancel_EndsAPausedTurn()
    {
        _agent.Post("behind");
        Pause();
        Assert.Null(_agent.Cancel(1));
        Assert.Equal([new TurnRun(2, 1)], _agent.Runs);
        Assert.Equal((1, 0, null), (_agent.Head!.OpenTurns, _agent.Head.PausedTurns, _agent.Head.NextResume));
    }

    public static TheoryData<string> Ends => ["run again", "canceled", "timed out", "failed", "given up", "interrupted", "session deleted"];

    /// <summary>Nobody says what it has cost, so that all of it counts.</summary>
    [Theory]
    [MemberData(nameof(Ends))]
    public void RunThatIsGivenUp_CostsAllThatIsHeldForIt(string end)
    {
        var session = _agent.CreateSession("r1").Value!.Id;
        _agent.Post("elsewhere", session: session);
        Granted(_agent.HoldCall(2, 1, 1, 300, 100));
        switch (end)
        {
            case "run again":
                _agent.Now += TimeSpan.FromSeconds(15);
                _agent.Advance();
                Assert.Equal("turn_lost", _agent.Complete(2, 1, "late", lastMicroUsd: 1)!.Code);
                Granted(_agent.HoldCall(2, 2, 1, 300, 100));
                Assert.Equal((300, 300, 0), Budget);
                _agent.Complete(2, 2, "answer", lastMicroUsd: 0);
                break;
            case "canceled":
                _agent.Cancel(2);
                break;
            case "timed out":
                _agent.Now += TimeSpan.FromSeconds(300);
                _agent.Advance();
                break;
            case "failed":
                _agent.Fail(2, 1);
                break;
            case "given up":
                _agent.Fail(2, 1, isTransient: true);
                break;
            case "interrupted":
                _agent.Post("instead", session: session, ifBusy: "interrupt");
                break;
            default:
                _agent.DeleteSession(session);
                break;
        }

        Assert.Equal((300, 0, 0), Budget);
    }

    [Theory]
    [InlineData(false, 0L, 0L)]
    [InlineData(false, 120L, 120L)]
    [InlineData(true, 0L, 0L)]
    [InlineData(true, 120L, 120L)]
    public void FailedRun_CostsWhatItSays(bool isTransient, long? last, long posted)
    {
        Granted(_agent.HoldCall(1, 1, 1, 300, 100));
        Assert.Null(_agent.Fail(1, 1, isTransient, last));
        Assert.Equal((posted, 0, 0), Budget);
    }

    [Theory]
    [InlineData(300, 300, 0)]
    [InlineData(301, 300, 1)]
    public void WhatIsAboveTheHold_IsOverrun_AndLocks(long cost, long posted, long overrun)
    {
        Granted(_agent.HoldCall(1, 1, 1, 300, 100));
        _agent.Complete(1, 1, "answer", lastMicroUsd: cost);
        Assert.Equal((posted, 0, overrun), Budget);
        _agent.Post("more");
        var turn = _agent.Turns!.Open[0].Turn;
        Assert.Equal(overrun == 0 ? null : "budget_locked", _agent.HoldCall(turn, 1, 1, 100, 100).Value!.Pause?.Code);
    }

    [Fact]
    public void HoldThatOutlivesItsTurn_CountsInFull_AndALateAnswerIsHeardWithoutIt()
    {
        Granted(_agent.HoldCall(1, 1, 1, 300, 100));
        for (var passed = 0; passed < 360; passed += 10)
        {
            _agent.Now = FakeAgent.Start + TimeSpan.FromSeconds(passed);
            _agent.Renew(1, 1);
        }

        _agent.Now = FakeAgent.Start + TimeSpan.FromSeconds(360);
        Assert.Null(_agent.Complete(1, 1, "answer", lastMicroUsd: 100));
        Assert.Equal((300, 0, 0), Budget);
    }

    [Fact]
    public void AgentWithoutALimit_SpendsNothing()
    {
        _agent.Budget = new BudgetRules([]);
        var pause = _agent.HoldCall(1, 1, 1, 1, 1).Value!.Pause!;
        Assert.Equal(("budget_no_limit", "agent", null), (pause.Code, pause.Scope, pause.Window));
        _agent.SetLimits(Limit(1));
        Assert.Equal([new TurnRun(1, 2)], _agent.Runs);
    }

    /// <summary>What is no matter of this agent's budget ends without a word: it is looked at once a minute.</summary>
    [Fact]
    public void Gate_PausesWhateverTheBudget_AndIsLookedAtAgain()
    {
        _agent.Gate = new Refusal("tenant_frozen", "The tenant spends nothing.");
        var pause = _agent.HoldCall(1, 1, 1, 300, 100).Value!.Pause!;
        Assert.Equal(("tenant_frozen", null, _agent.Now + TimeSpan.FromSeconds(60)), (pause.Code, pause.Scope, pause.TryAt));
        Assert.Equal("""2 turn_paused {"turn":"1","attempt":1,"reason":"budget_reached","code":"tenant_frozen","detail":"The tenant spends nothing."}""", _agent.Log(1).Single());
        _agent.Now += TimeSpan.FromSeconds(60);
        _agent.Advance();
        Assert.Empty(_agent.Runs);
        Assert.Equal(_agent.Now + TimeSpan.FromSeconds(60), _agent.Head!.NextDue);
        _agent.Gate = null;
        _agent.Now += TimeSpan.FromSeconds(60);
        _agent.Advance();
        Assert.Equal([new TurnRun(1, 2)], _agent.Runs);
    }

    [Fact]
    public void PausedTurn_HasAllItsRunsAgain()
    {
        _agent.Fail(1, 1, isTransient: true);
        _agent.Fail(1, 2, isTransient: true);
        Assert.NotNull(_agent.HoldCall(1, 3, 1, 5000, 1001).Value!.Pause);
        _agent.SetLimits(Limit(5000));
        foreach (var attempt in new[] { 4, 5 })
        {
            _agent.Fail(1, attempt, isTransient: true);
            Assert.Equal([new TurnRun(1, attempt + 1)], _agent.Runs);
        }

        _agent.Fail(1, 6, isTransient: true);
        Assert.Null(_agent.Turns);
    }

    [Fact]
    public void TurnsThatCostNothing_LeaveTheLedgerAlone()
    {
        _agent.Complete(1, 1, "answer");
        Assert.False(_agent.HasWrittenLedger);
        Assert.Equal(Ledger.Empty, _agent.Ledger);
    }

    [Fact]
    public void Schedule_WaitsBehindAPausedTurn_AndRunsAfterIt()
    {
        _agent.Schedule("s1", new TimingRequest(_agent.Now + TimeSpan.FromMinutes(1), null, null, null, null, null));
        Pause();
        _agent.Now += TimeSpan.FromMinutes(2);
        Assert.Equal(0, _agent.RunSchedules());
        Assert.Null(_agent.Schedules!.All[0].Failure);
        _agent.Cancel(1);
        Assert.Equal(1, _agent.RunSchedules());
        Assert.Equal(1, _agent.Schedules.All[0].Runs);
    }

    private static BudgetLimit Limit(UInt128 amount, string scope = BudgetScopes.Agent) =>
        new(scope, BudgetAssets.Usd, BudgetWindow.TryParse("rolling:24h")!, amount);

    private static long Granted(Result<FundedCall> call) => call.Value!.GrantedMicroUsd!.Value;

    private void Pause() => Assert.NotNull(_agent.HoldCall(1, 1, 1, 5000, 1001).Value!.Pause);
}
