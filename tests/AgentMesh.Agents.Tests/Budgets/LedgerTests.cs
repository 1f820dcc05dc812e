using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>Holds, and what becomes of them.</summary>
public sealed class LedgerTests
{
    private readonly FakeLedger _agent = new();

    [Theory]
    [InlineData(99, null)]
    [InlineData(100, null)]
    [InlineData(101, "budget_exceeded")]
    public void Hold_IsGrantedUpToTheLimit(int amount, string? code) => Assert.Equal(code, _agent.Hold("one", (UInt128)amount).Refusal?.Code);

    [Theory]
    [InlineData(39, null)]
    [InlineData(40, null)]
    [InlineData(41, "budget_exceeded")]
    public void Hold_CountsWhatIsPostedAndWhatIsHeld(int amount, string? code)
    {
        _agent.Spend("posted", 25);
        _agent.Hold("held", 35);
        Assert.Equal(code, _agent.Hold("more", (UInt128)amount).Refusal?.Code);
    }

    [Fact]
    public void Refusal_SaysWhereThereIsNotEnoughAndWhenThereIs()
    {
        _agent.Spend("posted", 25);
        var spent = _agent.Now;
        _agent.Now += TimeSpan.FromHours(1);
        _agent.Spend("later", 50);
        var refusal = Assert.IsType<BudgetRefusal>(_agent.Hold("more", 50).Refusal);
        Assert.Equal(new BudgetShortage("agent", FakeLedger.Usdc, "rolling:24h", 25, spent.AddHours(24)), refusal.Shortage);
        Assert.Equal(spent.AddHours(25), Assert.IsType<BudgetRefusal>(_agent.Hold("most", 51).Refusal).Shortage.ResetsAt);
        Assert.Null(Assert.IsType<BudgetRefusal>(_agent.Hold("too much", 101).Refusal).Shortage.ResetsAt);
    }

    /// <summary>With the same words as who asks for the hold, and the ledger stays as it is.</summary>
    [Theory]
    [InlineData(null, null, 80)]
    [InlineData("default", null, 30)]
    [InlineData(null, "shop", 20)]
    public void WhoOnlyAsks_IsToldWhatWhoHoldsIs(string? session, string? tool, int available)
    {
        _agent.Set(
            FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 100),
            FakeLedger.Limit("session:default", FakeLedger.Usdc, "once", 30),
            FakeLedger.Limit("tool:shop", FakeLedger.Usdc, "once", 20));
        _agent.Hold("held", 20);
        var (before, over) = (_agent.Ledger, (UInt128)available + 1);
        Assert.Null(before.WhyNotToHold(FakeLedger.Usdc, over - 1, session, tool, _agent.Rules, _agent.Now));
        var told = before.WhyNotToHold(FakeLedger.Usdc, over, session, tool, _agent.Rules, _agent.Now);
        Assert.Same(before, _agent.Ledger);
        Assert.Equal(_agent.Hold("more", over, session: session, tool: tool).Refusal, told);
        Assert.Equal("budget_no_limit", before.WhyNotToHold(BudgetAssets.Usd, 0, session, tool, _agent.Rules, _agent.Now)?.Code);
    }

    [Theory]
    [InlineData(60, 30, 40)]
    [InlineData(60, 40, 40)]
    [InlineData(40, 1, 40)]
    [InlineData(39, 1, 39)]
    [InlineData(60, 41, null)]
    public void Model_GetsWhatIsLeftWhenThatIsEnough(int amount, int least, int? granted)
    {
        _agent.Spend("posted", 60);
        var step = _agent.Hold("model", (UInt128)amount, HoldKind.Model, least: (UInt128)least);
        Assert.Equal(granted is null ? "budget_exceeded" : null, step.Refusal?.Code);
        if (granted is { } amountGranted)
            Assert.Equal((UInt128)amountGranted, step.Value!.Hold.Amount);
    }

    [Fact]
    public void Asset_WithoutALimitOfTheAgent_IsNotSpent()
    {
        Assert.Equal("budget_no_limit", _agent.Hold("one", 1, asset: BudgetAssets.Usd).Refusal?.Code);
        _agent.Set(FakeLedger.Limit("session:default", BudgetAssets.Usd, "once", 10));
        Assert.Equal("budget_no_limit", _agent.Hold("two", 1, asset: BudgetAssets.Usd, session: "default").Refusal?.Code);
        _agent.Set(FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 10));
        Assert.Null(_agent.Hold("three", 10, asset: BudgetAssets.Usd, session: "default").Refusal);
        _agent.Set();
        Assert.Equal("budget_no_limit", _agent.Hold("four", 1).Refusal?.Code);
    }

    [Theory]
    [InlineData(null, null, 100)]
    [InlineData("default", null, 30)]
    [InlineData(null, "shop", 20)]
    [InlineData("default", "shop", 20)]
    [InlineData("default", "other", 30)]
    public void Hold_IsGrantedOnAllScopesOrOnNone(string? session, string? tool, int available)
    {
        _agent.Set(
            FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 100),
            FakeLedger.Limit("session:default", FakeLedger.Usdc, "once", 30),
            FakeLedger.Limit("tool:shop", FakeLedger.Usdc, "once", 20));
        Assert.Equal("budget_exceeded", _agent.Hold("over", (UInt128)available + 1, session: session, tool: tool).Refusal?.Code);
        Assert.All(_agent.Ledger.View(_agent.Rules, _agent.Now), view => Assert.Equal(UInt128.Zero, view.Held));
        Assert.Null(_agent.Hold("all", (UInt128)available, session: session, tool: tool).Refusal);
    }

    [Fact]
    public void Hold_RepeatedWithTheSameId_HoldsOnce()
    {
        _agent.Hold("one", 60);
        var repeat = _agent.Hold("one", 60, expiresMs: 5);
        Assert.Equal((UInt128)60, repeat.Value!.Hold.Amount);
        Assert.Empty(repeat.Value.Facts);
        Assert.Equal("hold_id_reused", _agent.Hold("one", 61).Refusal?.Code);
        Assert.Equal("hold_id_reused", _agent.Hold("one", 60, session: "default").Refusal?.Code);
        _agent.Post("one", 50);
        Assert.Equal(HoldState.Posted, _agent.Hold("one", 60).Value!.Hold.State);
        Assert.Equal(((UInt128)50, UInt128.Zero, UInt128.Zero, (UInt128)50), _agent.First());
    }

    [Theory]
    [InlineData("post", "Posted", 40, 0)]
    [InlineData("post post", "Posted", 40, 0)]
    [InlineData("post unknown", "Posted", 40, 0)]
    [InlineData("post void", "hold_posted", 40, 0)]
    [InlineData("post expire", "Posted", 40, 0)]
    [InlineData("void", "Voided", 0, 0)]
    [InlineData("void void", "Voided", 0, 0)]
    [InlineData("void post", "hold_voided", 0, 0)]
    [InlineData("void unknown", "Voided", 0, 0)]
    [InlineData("void expire", "Voided", 0, 0)]
    [InlineData("unknown", "Unknown", 0, 50)]
    [InlineData("unknown unknown", "Unknown", 0, 50)]
    [InlineData("unknown post", "Posted", 40, 0)]
    [InlineData("unknown void", "Voided", 0, 0)]
    [InlineData("unknown expire", "Unknown", 0, 50)]
    [InlineData("expire", "Unknown", 0, 50)]
    [InlineData("expire unknown", "Unknown", 0, 50)]
    [InlineData("expire post", "Posted", 40, 0)]
    [InlineData("expire void", "Voided", 0, 0)]
    [InlineData("expire void post", "hold_voided", 0, 0)]
    [InlineData("unknown post void", "hold_posted", 40, 0)]
    public void Payment_EndsOnceWhateverIsSaidOfIt(string words, string outcome, int posted, int held)
    {
        _agent.Hold("one", 50);
        Assert.Equal(outcome, Say(words));
        Assert.Equal(((UInt128)posted, (UInt128)held), (_agent.First().Posted, _agent.First().Held));
    }

    // A model's hold is forgotten when it is over: its turn keeps what became of it.
    [Theory]
    [InlineData("post", "Posted", 40, 0)]
    [InlineData("post post", "hold_not_found", 40, 0)]
    [InlineData("void post", "hold_not_found", 0, 0)]
    [InlineData("unknown", "Unknown", 0, 50)]
    [InlineData("unknown post", "Posted", 40, 0)]
    [InlineData("unknown void", "Voided", 0, 0)]
    [InlineData("unknown expire", null, 50, 0)]
    [InlineData("expire", null, 50, 0)]
    [InlineData("expire post", "hold_not_found", 50, 0)]
    [InlineData("expire void", "hold_not_found", 50, 0)]
    public void Model_EndsOnceWhateverIsSaidOfIt(string words, string? outcome, int posted, int held)
    {
        _agent.Hold("one", 50, HoldKind.Model);
        Assert.Equal(outcome, Say(words));
        Assert.Equal(((UInt128)posted, (UInt128)held), (_agent.First().Posted, _agent.First().Held));
    }

    [Fact]
    public void Unheard_IsNotFound()
    {
        Assert.Equal("hold_not_found", _agent.Post("none", 1).Refusal?.Code);
        Assert.Equal("hold_not_found", _agent.Void("none").Refusal?.Code);
        Assert.Equal("hold_not_found", _agent.MarkUnknown("none").Refusal?.Code);
    }

    [Theory]
    [InlineData(49, null)]
    [InlineData(50, null)]
    [InlineData(51, "hold_too_small")]
    public void Payment_CostsAtMostItsHold(int actual, string? code)
    {
        _agent.Hold("one", 50);
        Assert.Equal(code, _agent.Post("one", (UInt128)actual).Refusal?.Code);
        Assert.Equal(code is null ? HoldState.Posted : HoldState.Held, _agent.Ledger.Find("one")!.State);
    }

    [Theory]
    [InlineData(49, 49, 0, 51)]
    [InlineData(50, 50, 0, 50)]
    [InlineData(51, 50, 1, 0)]
    public void Model_ThatCostsMoreThanItsHold_LocksTheLimit(int actual, int posted, int overrun, int available)
    {
        _agent.Hold("one", 50, HoldKind.Model);
        _agent.Post("one", (UInt128)actual);
        Assert.Equal(((UInt128)posted, UInt128.Zero, (UInt128)overrun, (UInt128)available), _agent.First());
        var next = _agent.Hold("two", 1);
        Assert.Equal(overrun > 0 ? "budget_locked" : null, next.Refusal?.Code);
        if (next.Refusal is BudgetRefusal refusal)
            Assert.Equal((UInt128.Zero, _agent.Now.AddHours(24)), (refusal.Shortage.Available, refusal.Shortage.ResetsAt));
    }

    [Theory]
    [InlineData(59, "budget_locked", 10)]
    [InlineData(60, null, 0)]
    public void Overrun_IsForgivenByALimitWithRoomForIt(int limit, string? code, int overrun)
    {
        _agent.Hold("one", 50, HoldKind.Model);
        _agent.Post("one", 60);
        Assert.Equal("budget_locked", _agent.Hold("two", 0).Refusal?.Code);
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", (UInt128)limit));
        Assert.Equal(code, _agent.Hold("two", 0).Refusal?.Code);
        Assert.Equal((UInt128)overrun, _agent.First().Overrun);
        Assert.Equal((UInt128)(60 - overrun), _agent.First().Posted);
    }

    [Fact]
    public void Overrun_IsNotLeftBehindByAnotherWindow()
    {
        _agent.Hold("one", 50, HoldKind.Model);
        _agent.Post("one", 60);
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "calendar:day:UTC", 59));
        Assert.Equal("budget_locked", _agent.Hold("two", 1).Refusal?.Code);
    }

    [Theory]
    [InlineData(BudgetBounds.OpenHolds - 1, null)]
    [InlineData(BudgetBounds.OpenHolds, "too_many_holds")]
    public void OpenHolds_AreBounded(int open, string? code)
    {
        _agent.Rules = new([FakeLedger.Limit("agent", FakeLedger.Usdc, "once", 1000)]);
        for (var n = 0; n < open; n++)
            _agent.Hold($"hold {n}", 1);
        Assert.Equal(code, _agent.Hold("more", 1).Refusal?.Code);
        Assert.Null(_agent.Hold("hold 0", 1).Refusal);
        _agent.Void("hold 0");
        Assert.Null(_agent.Hold("more", 1).Refusal);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    public void SettledPayment_IsRememberedForItsRetryTime(int ms, bool isRemembered)
    {
        _agent.Spend("one", 10);
        _agent.Now += BudgetBounds.RetryTime + TimeSpan.FromMilliseconds(ms);
        _agent.Hold("other", 1);
        Assert.Equal(isRemembered, _agent.Ledger.Find("one") is not null);
    }

    [Fact]
    public void SettledPayments_AreBounded()
    {
        for (var n = 0; n <= BudgetBounds.SettledHolds; n++)
        {
            Assert.Equal(n > 0, _agent.Ledger.Find("hold 0") is not null);
            _agent.Hold($"hold {n}", 1);
            _agent.Void($"hold {n}");
        }

        Assert.Null(_agent.Ledger.Find("hold 0"));
        Assert.NotNull(_agent.Ledger.Find("hold 1"));
    }

    [Fact]
    public void NextDue_IsTheNextHoldThatTimeEnds()
    {
        Assert.Null(_agent.Ledger.NextDue);
        _agent.Hold("later", 1, expiresMs: 9000);
        _agent.Hold("model", 1, HoldKind.Model, expiresMs: 5000);
        _agent.Hold("payment", 1, expiresMs: 3000);
        Assert.Equal(_agent.Now.AddMilliseconds(3000), _agent.Ledger.NextDue);
        _agent.MarkUnknown("payment");
        _agent.MarkUnknown("model");
        Assert.Equal(_agent.Now.AddMilliseconds(5000), _agent.Ledger.NextDue);
        _agent.Now += TimeSpan.FromSeconds(9);
        var advanced = _agent.Ledger.Advance(_agent.Rules, _agent.Now);
        Assert.Null(advanced.NextDue);
        Assert.Equal(["later"], LedgerFacts.OfPayments(_agent.Ledger, advanced).Select(fact => fact.Data.Split('"')[3]));
    }

    [Theory]
    [InlineData(-1, HoldState.Held)]
    [InlineData(0, HoldState.Unknown)]
    public void Payment_ExpiresToTheMillisecond(int ms, HoldState state)
    {
        _agent.Hold("one", 50, expiresMs: 1000);
        Assert.Equal(state, _agent.Ledger.Advance(_agent.Rules, _agent.Now.AddMilliseconds(1000 + ms)).Find("one")!.State);
    }

    [Fact]
    public void Amounts_DoNotGoRound()
    {
        _agent.Rules = new([FakeLedger.Limit("agent", FakeLedger.Usdc, "once", UInt128.MaxValue)]);
        _agent.Spend("all but one", UInt128.MaxValue - 1);
        Assert.Equal("budget_exceeded", _agent.Hold("two", 2).Refusal?.Code);
        Assert.Equal("budget_exceeded", _agent.Hold("all", UInt128.MaxValue).Refusal?.Code);
        Assert.Null(_agent.Hold("one", 1).Refusal);
    }

    [Theory]
    [InlineData(HoldKind.Model, 1, 2, "id", null, null)]
    [InlineData(HoldKind.Payment, 2, 1, "id", null, null)]
    [InlineData(HoldKind.Payment, 1, 1, "", null, null)]
    [InlineData(HoldKind.Payment, 1, 1, "id", "no session", null)]
    [InlineData(HoldKind.Payment, 1, 1, "id", null, "no tool")]
    public void Hold_ThatContradictsItself_IsABug(HoldKind kind, int amount, int least, string id, string? session, string? tool) =>
        Assert.ThrowsAny<ArgumentException>(() => _agent.Hold(id, (UInt128)amount, kind, least: (UInt128)least, session: session, tool: tool));

    /// <summary>What the last word came to: a state, a refusal, or null after the clock.</summary>
    private string? Say(string words)
    {
        string? outcome = null;
        foreach (var word in words.Split(' '))
        {
            if (word == "expire")
            {
                _agent.Now += TimeSpan.FromHours(1);
                _agent.Ledger = _agent.Ledger.Advance(_agent.Rules, _agent.Now);
                outcome = _agent.Ledger.Find("one")?.State.ToString();
                continue;
            }

            var step = word switch { "post" => _agent.Post("one", 40), "void" => _agent.Void("one"), _ => _agent.MarkUnknown("one") };
            outcome = step.Refusal?.Code ?? step.Value!.Hold.State.ToString();
        }

        return outcome;
    }
}
