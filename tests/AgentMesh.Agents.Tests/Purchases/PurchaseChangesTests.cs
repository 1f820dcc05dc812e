using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Tests.Budgets;
using AgentMesh.Agents.Turns;
using static AgentMesh.Agents.Tests.Purchases.SamplePurchases;

namespace AgentMesh.Agents.Tests.Purchases;

/// <summary>What is stored with each step, in one transaction: purchase, hold, payment, events.</summary>
public sealed class PurchaseChangesTests
{
    private static readonly BudgetRules Rules = new([FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 150_000)]);

    [Fact]
    public void Authorization_IsStoredWithItsHoldAndItsPayment()
    {
        var change = PurchaseChanges.Authorize(Inputs(Ledger.Empty), Open, Terms, [], 7, Now).Value!;
        Assert.Equal(PurchaseState.Authorized, change.Purchase!.Purchase.State);
        Assert.Equal((HoldState.Held, (UInt128)100_000), (change.Ledger!.Find(Terms.PaymentId)!.State, change.Ledger.Find(Terms.PaymentId)!.Amount));
        Assert.Equal((PaymentDirection.Out, PaymentState.Authorized, Terms.PaymentId), (change.Payment!.Payment.Direction, change.Payment.Payment.State, change.Payment.Payment.Id));
        Assert.Equal(change.Purchase.Purchase.Due, change.Head.NextPurchase);
        Assert.Equal((7, 2), (change.Head.Epoch, change.Head.LastSeq));
    }

    [Fact]
    public void Authorization_OverTheBudget_StoresNothing()
    {
        var held = Assert.IsType<Ledger>(PurchaseChanges.Authorize(Inputs(Ledger.Empty), Open, Terms, [], 7, Now).Value!.Ledger);
        var refused = PurchaseChanges.Authorize(Inputs(held), Open, Terms with { PaymentId = new string('c', 64) }, [], 7, Now);
        Assert.Equal((UInt128)50_000, Assert.IsType<BudgetRefusal>(refused.Refusal).Shortage.Available);
    }

    /// <summary>The turn may be canceled, or out of time, while the seller is asked: then its sender's money is gone, and the agent's own is not spent for it.</summary>
    [Theory]
    [InlineData(100_000, true, null)]
    [InlineData(99_999, true, "budget_exceeded")]
    [InlineData(100_000, false, "budget_exceeded")]
    public void Purchase_OfATurnWithAnothersMoney_IsPaidOfThatOrNotAtAll(int granted, bool isThere, string? code)
    {
        var ledger = Ledger.Empty.Grant(new FundsGrant("mail:7", FakeLedger.Usdc, (UInt128)granted, 0, "17"));
        var begun = PurchaseChanges.Begin(Inputs(ledger, 17), Open with { Request = InTurn }, null, 7, Now).Value!;
        Assert.Equal("mail:7", begun.Purchase!.Purchase.Grant);
        var later = isThere ? ledger : ledger.EndGrant("mail:7", Rules, Now).Ledger;
        var authorized = PurchaseChanges.Authorize(Inputs(later), begun.Purchase.Purchase, Terms, [], 7, Now);
        Assert.Equal(code, authorized.Refusal?.Code);
        Assert.Equal(code is null ? null : BudgetScopes.Delegation, (authorized.Refusal as BudgetRefusal)?.Shortage.Scope);
        Assert.Equal(code is null ? "mail:7" : null, authorized.Value?.Ledger!.Find(Terms.PaymentId)!.Grant);
    }

    /// <summary>The turn has other money by now. That was given for something else.</summary>
    [Fact]
    public void Purchase_OfATurnWithAnothersMoney_IsNotPaidOfMoneyThatCameLater()
    {
        var bound = Open with { Request = InTurn, Grant = "mail:7" };
        var ledger = Ledger.Empty.Grant(new FundsGrant("mail:8", FakeLedger.Usdc, 100_000, 0, "17"));
        var refused = Assert.IsType<BudgetRefusal>(PurchaseChanges.Authorize(Inputs(ledger), bound, Terms, [], 7, Now).Refusal);
        Assert.Equal(BudgetScopes.Delegation, refused.Shortage.Scope);
    }

    /// <summary>As it was stored by version 2: whose money it is paid of was looked up when it was paid.</summary>
    [Fact]
    public void Purchase_ThatIsNotBoundYet_IsPaidOfTheMoneyThatItsTurnHas()
    {
        var ledger = Ledger.Empty.Grant(new FundsGrant("mail:7", FakeLedger.Usdc, 100_000, 0, "17"));
        var authorized = PurchaseChanges.Authorize(Inputs(ledger), Open with { Request = InTurn }, Terms, [], 7, Now).Value!;
        Assert.Equal("mail:7", authorized.Ledger!.Find(Terms.PaymentId)!.Grant);
    }

    /// <summary>The terms are valid for 300 seconds, and the slack is 65: until then the payment may be executed, and its money is not free.</summary>
    [Fact]
    public void Hold_OutlastsTheTimeInWhichThePaymentCanBeExecuted() => Assert.Equal(
        Now.AddSeconds(365), PurchaseChanges.Authorize(Inputs(Ledger.Empty), Open, Terms, [], 7, Now).Value!.Ledger!.Find(Terms.PaymentId)!.ExpiresAt);

    /// <summary>What is known no longer and the oldest answer go in the same transaction; but not what an open turn has bought.</summary>
    [Fact]
    public void Begin_IsStoredWithWhatItSends_AndWithWhatMakesRoom()
    {
        var tomorrow = Now.AddDays(1);
        var book = new PurchaseBook(
            [],
            [
                new KeptPurchase("over", Now, 0, null), new KeptPurchase("of the open turn", Now, 0, "17"), new KeptPurchase("of a turn that is over", Now, 0, "16"),
                new KeptPurchase("big", tomorrow, PurchaseLimits.KeptBytes, null), new KeptPurchase("small", tomorrow, 1, null),
            ]);
        var body = new PurchaseBody("{}"u8.ToArray());
        var records = PurchaseChanges.Begin(Inputs(Ledger.Empty, 17) with { Book = book }, Open with { Request = InTurn }, body, 7, Now).Value!.Purchase!;
        Assert.Same(body, records.Body);
        Assert.Equal(["over", "of a turn that is over"], records.Forgotten);
        Assert.Equal(["big"], records.WithoutAnswer);
        Assert.Equal([Open.Id, "of the open turn", "big", "small"], records.Book.Ids);
    }

    [Theory]
    [InlineData(17, null)]
    [InlineData(18, "turn_lost")]
    [InlineData(null, "turn_lost")]
    public void Purchase_OfATurnThatIsOver_IsNotBegun(int? open, string? code)
    {
        var begun = PurchaseChanges.Begin(Inputs(Ledger.Empty, open), Open with { Request = InTurn }, null, 7, Now);
        Assert.Equal((code, null), (begun.Refusal?.Code, begun.Value?.Purchase!.Purchase.Grant));
    }

    [Theory]
    [InlineData("Sending", "Held", null)]
    [InlineData("Unknown", "Unknown", "Unknown")]
    [InlineData("TurnedAway", "Unknown", "Unknown")]
    [InlineData("AnsweredUnknown", "Unknown", "Unknown")]
    [InlineData("Settled", "Posted", "Settled")]
    [InlineData("Failed", "Voided", "Failed")]
    public void Step_SettlesItsHoldAndItsPayment(string stage, string hold, string? payment)
    {
        var authorized = PurchaseChanges.Authorize(Inputs(Ledger.Empty), Open, Terms, [], 7, Now).Value!;
        var before = stage == "Sending" ? Authorized : Sending;
        var change = PurchaseChanges.Step(Inputs(authorized), before, Of(stage), null, [], 7, Now).Value!;
        Assert.Equal(Enum.Parse<HoldState>(hold), (change.Ledger ?? authorized.Ledger!).Find(Terms.PaymentId)!.State);
        Assert.Equal(payment, change.Payment?.Payment.State.ToString());
        Assert.Equal(Of(stage).Due is null, change.Purchase!.RemovesBody);
        // What the step says again, and what comes late, changes nothing of what is settled.
        var again = PurchaseChanges.Step(Inputs(authorized, change), before, Of(stage), null, [], 7, Now).Value!;
        Assert.Equal(Enum.Parse<HoldState>(hold), (again.Ledger ?? change.Ledger ?? authorized.Ledger!).Find(Terms.PaymentId)!.State);
    }

    [Fact]
    public void PaymentThatNobodyLooksForAnyMore_CountsAsPaid()
    {
        var authorized = PurchaseChanges.Authorize(Inputs(Ledger.Empty), Open, Terms, [], 7, Now).Value!;
        var late = Now.AddSeconds(365);
        var given = TurnedAway.Look(new PurchaseLook(PurchaseOutcome.Unknown, false, null, Reason), late);
        var change = PurchaseChanges.Step(Inputs(authorized), TurnedAway, given, null, [], 7, late).Value!;
        Assert.Equal(HoldState.Posted, change.Ledger!.Find(Terms.PaymentId)!.State);
        Assert.Equal(PaymentState.Unknown, change.Payment!.Payment.State);
        Assert.Null(change.Head.NextPurchase);
    }

    [Theory]
    [InlineData(nameof(Free))]
    [InlineData(nameof(Refused))]
    public void WhatCostsNothing_TouchesNoMoney(string stage)
    {
        var change = PurchaseChanges.Step(Inputs(Ledger.Empty), Open, Of(stage), new PurchaseBody("ok"u8.ToArray()), [], 7, Now).Value!;
        Assert.Equal((null, null, 0), (change.Ledger, change.Payment, change.Head.LastSeq));
    }

    [Fact]
    public void TooMany_AreRefused()
    {
        var full = new PurchaseBook([.. Enumerable.Range(0, PurchaseLimits.Open).Select(n => new OpenPurchase($"o{n}", Now))], []);
        Assert.Equal("too_many_purchases", PurchaseChanges.Begin(Inputs(Ledger.Empty) with { Book = full }, Open, null, 7, Now).Refusal!.Code);
        Assert.False(PurchaseChanges.Begin(Inputs(Ledger.Empty), Open, null, 7, Now).IsRefused);
    }

    private static PurchaseInputs Inputs(Ledger ledger) => new(
        new TurnInputs(AgentHead.Unborn(Now), null, null), PurchaseBook.Empty, ledger, Rules, Now, new PaymentTable(PaymentBook.Empty, 1, PaymentPage.Empty, null));

    private static PurchaseInputs Inputs(Ledger ledger, int? turn) => Inputs(ledger) with
    {
        Turn = new TurnInputs(
            AgentHead.Unborn(Now) with { LastSeq = 64, EventsFrom = 65, OpenTurns = turn is null ? 0 : 1 }, null, turn is { } n ? new TurnTable([new OpenTurn(n, "default", 1, 1, Now, Now, Now, null)]) : null),
    };

    private static PurchaseInputs Inputs(AgentChange change, AgentChange? later = null) => Inputs((later?.Ledger ?? change.Ledger)!) with
    {
        Turn = new TurnInputs((later ?? change).Head, (later ?? change).Events.LastOrDefault().Page ?? change.Events[^1].Page, null),
        Payments = new PaymentTable(change.Payment!.Book!, 1, (later?.Payment ?? change.Payment).Page, 1),
    };
}
