using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Settlement;
using static AgentMesh.Payments.Tests.Settlement.SamplePayments;

namespace AgentMesh.Payments.Tests.Settlement;

public sealed class PaymentTests
{
    private const string Steps = "executing executed execution_failed settling settled settle_failed settle_unknown";

    /// <summary>Each state, and what each of <see cref="Steps"/> makes of it: a state, <c>=</c> for no change, <c>-</c> for a refusal.</summary>
    private static readonly Dictionary<string, string> Transitions = new()
    {
        //              executing executed exec_failed settling settled settle_failed settle_unknown
        ["Verified"] = " Executing -        Failed      -        -       -             Unknown",
        ["Executing"] = "=         Executed Failed      -        -       -             Unknown",
        ["Executed"] = " -         =        -           Settling -       -             Unknown",
        ["Settling"] = " -         -        -           =        Settled Failed        Unknown",
        ["Settled"] = "  -         -        -           -        =       -             -",
        ["Failed"] = "   -         -        =           -        -       =             -",
        ["Unknown"] = "  -         -        -           -        Settled Failed        =",
    };

    public static TheoryData<string, string, string> EveryTransition => [.. Transitions.SelectMany(row =>
        Words(Steps).Zip(Words(row.Value), (step, after) => (row.Key, step, after)))];

    [Theory]
    [MemberData(nameof(EveryTransition))]
    public void Apply_LeadsWhereTheTableSays(string before, string step, string after)
    {
        var payment = In(before);
        var stepped = payment.Apply(Report(step), Rules, Now);
        Assert.Equal(after == "-", stepped.IsRefused);
        if (after == "-")
            Assert.Equal("payment_lost", stepped.Refusal!.Code);
        else
            Assert.Equal(after == "=" ? before : after, stepped.Value!.Status.ToString());
    }

    [Theory]
    [MemberData(nameof(EveryTransition))]
    public void Apply_Repeated_ChangesNothing(string before, string step, string after)
    {
        if (after is "-")
            return;
        var once = In(before).Do(step);
        Assert.Equal(once, once.Do(step));
    }

    [Theory]
    [MemberData(nameof(EveryTransition))]
    public void Apply_OfAnotherRun_IsRefused(string before, string step, string after)
    {
        Assert.NotNull(after);
        var payment = In(before);
        Assert.True(payment.Apply(Report(step, attempt: 0), Rules, Now).IsRefused);
        Assert.True(payment.Apply(Report(step, attempt: 2), Rules, Now).IsRefused);
    }

    [Theory]
    [InlineData(PaymentSteps.Executed)]
    [InlineData(PaymentSteps.Settled)]
    public void AnAnswer_HasToBeThere(string step)
    {
        var payment = In(step == PaymentSteps.Executed ? PaymentStatus.Executing : PaymentStatus.Verified);
        // Unknown before there was an answer.
        if (step == PaymentSteps.Settled)
            payment = payment.Do(PaymentSteps.SettleUnknown);
        Assert.True(payment.Apply(Report(step) with { Answer = null }, Rules, Now).IsRefused);
        Assert.True(payment.Apply(Report(step) with { Turn = null }, Rules, Now).IsRefused);
        Assert.True(payment.Do(step).HasAnswer);
    }

    [Theory]
    [InlineData(nameof(PaymentStatus.Settled), PaymentEvents.Settled, "")]
    [InlineData(nameof(PaymentStatus.Failed), PaymentEvents.Failed, "")]
    [InlineData(nameof(PaymentStatus.Unknown), PaymentEvents.Unknown, "")]
    [InlineData(nameof(PaymentStatus.Settling), "", "")]
    public void OfWhatIsDecided_OthersAreTold_UntilTheyWere(string status, string events, string afterwards)
    {
        var payment = In(status);
        Assert.Equal(events, string.Join(' ', payment.Unannounced));
        if (events.Length > 0)
            Assert.Equal(afterwards, string.Join(' ', payment.Announce().Unannounced));
    }

    [Theory]
    [InlineData(nameof(PaymentStatus.Verified), false)]
    [InlineData(nameof(PaymentStatus.Executing), false)]
    [InlineData(nameof(PaymentStatus.Executed), false)]
    [InlineData(nameof(PaymentStatus.Settling), false)]
    [InlineData(nameof(PaymentStatus.Settled), true)]
    [InlineData(nameof(PaymentStatus.Failed), true)]
    [InlineData(nameof(PaymentStatus.Unknown), true)]
    public void OfWhatIsDecided_TheSellersAgentIsTold_UntilItWas(string status, bool isUnrecorded)
    {
        var payment = In(status);
        Assert.Equal(isUnrecorded, payment.IsUnrecorded);
        Assert.False(payment.Record().IsUnrecorded);
        // An older word that is reported late is not the one that is owed.
        var late = payment.Apply(Report(PaymentSteps.Recorded) with { State = PaymentStates.Executing }, Rules, Now).Value!;
        Assert.Equal(isUnrecorded, late.IsUnrecorded);
    }

    [Theory]
    [InlineData(nameof(PaymentStatus.Verified), false)]
    [InlineData(nameof(PaymentStatus.Executing), true)]
    public void OfAFailure_TheSellersAgentIsTold_IfItMayHaveWorked(string status, bool isUnrecorded) =>
        Assert.Equal(isUnrecorded, In(status).Do(PaymentSteps.ExecutionFailed).IsUnrecorded);

    [Theory]
    [InlineData(Transaction, false)]
    [InlineData("0x1", true)]
    [InlineData(null, false)]
    public void OfAnUnknownPaymentsNewTransaction_TheSellersAgentIsTold(string? transaction, bool isUnrecorded)
    {
        var looked = In(PaymentStatus.Unknown).Told(true).Begin(Rules, Now.AddSeconds(5));
        Assert.Equal(isUnrecorded, looked.Apply(Report(PaymentSteps.SettleUnknown, 2) with { Transaction = transaction }, Rules, Now.AddSeconds(5)).Value!.IsUnrecorded);
    }

    /// <summary>An agent, or a broker, that is away for long must not use up the looks for an unknown payment.</summary>
    [Theory]
    [InlineData(4_999, false, 0)]
    [InlineData(5_000, true, 1)]
    public void ARunThatOnlyTells_IsNoLook(int afterMs, bool isLookDue, int tries)
    {
        var payment = In(PaymentStatus.Unknown) with { LeaseUntil = null };
        var begun = payment.Begin(Rules, Now.AddMilliseconds(afterMs));
        Assert.Equal((2, tries, isLookDue), (begun.Attempt, begun.Tries, begun.IsLookDue(Now.AddMilliseconds(afterMs))));
    }

    [Theory]
    [InlineData(nameof(PaymentStatus.Verified), 15.0)]
    [InlineData(nameof(PaymentStatus.Settling), 15.0)]
    [InlineData(nameof(PaymentStatus.Unknown), 15.0)]
    [InlineData(nameof(PaymentStatus.Settled), 15.0)]
    public void NextWork_OfARun_IsTheEndOfItsLease(string status, double seconds) => Assert.Equal(Now.AddSeconds(seconds), In(status).NextWork(Rules, Now));

    [Fact]
    public void NextWork_IsTheNextLook_AndOfWhatIsOverNone()
    {
        Assert.Equal(Now.AddSeconds(5), In(PaymentStatus.Unknown).Told(true).NextWork(Rules, Now));
        Assert.Null(In(PaymentStatus.Settled).Told(true).NextWork(Rules, Now));
        Assert.Null((In(PaymentStatus.Unknown).Told(true) with { Tries = 4 }).NextWork(Rules, Now));
    }

    [Fact]
    public void TheEventsOfAnUnknownPayment_ComeInOrder() =>
        Assert.Equal([PaymentEvents.Unknown, PaymentEvents.Settled], In(PaymentStatus.Unknown).Do(PaymentSteps.Settled).Unannounced);

    [Theory]
    [InlineData(nameof(PaymentStatus.Settled), true)]
    [InlineData(nameof(PaymentStatus.Failed), true)]
    [InlineData(nameof(PaymentStatus.Unknown), false)]
    [InlineData(nameof(PaymentStatus.Settling), false)]
    public void ThePaymentsText_IsKeptUntilItIsOver(string status, bool isGone) => Assert.Equal(isGone, In(status).Job is null);

    [Theory]
    // A run is trusted for 15 s; at that time it is not any more.
    [InlineData(14_999, 1)]
    [InlineData(15_000, 2)]
    public void Begin_WaitsForTheLeaseOfTheLastRun(int afterMs, int attempt) =>
        Assert.Equal(attempt, In(PaymentStatus.Executing).Begin(Rules, Now.AddMilliseconds(afterMs)).Attempt);

    [Fact]
    public void EveryStep_BeginsTheLeaseAnew()
    {
        var alive = In(PaymentStatus.Executing).Do(PaymentSteps.Alive, Now.AddSeconds(10));
        Assert.Equal(1, alive.Begin(Rules, Now.AddSeconds(24)).Attempt);
        Assert.Equal(2, alive.Begin(Rules, Now.AddSeconds(25)).Attempt);
    }

    [Theory]
    [InlineData(nameof(PaymentStatus.Verified))]
    [InlineData(nameof(PaymentStatus.Executing))]
    [InlineData(nameof(PaymentStatus.Executed))]
    [InlineData(nameof(PaymentStatus.Settling))]
    public void RunsThatAllDie_EndThePayment_AndNeverInANewOne(string status)
    {
        var payment = In(status);
        // Three runs may be made: the first is there.
        for (var run = 2; run <= 3; run++)
        {
            payment = payment.Begin(Rules, Now.AddSeconds(15 * run));
            Assert.Equal((status, run), (payment.Status.ToString(), payment.Attempt));
        }

        var ended = payment.Begin(Rules, Now.AddSeconds(100));
        Assert.Equal((PaymentStatus.Unknown, PaymentRefusals.PaymentUnknown), (ended.Status, ended.Reason!.Code));
    }

    [Fact]
    public void AnUnknownPayment_IsLookedForLessAndLessOften_AndNotForEver()
    {
        var payment = In(PaymentStatus.Unknown).Told(true);
        Assert.Equal(Now.AddSeconds(5), payment.NextLook);
        Assert.Same(payment, payment.Begin(Rules, Now.AddMilliseconds(4_999)));
        var at = payment.NextLook!.Value;
        var waits = new List<double>();
        while (payment.HasWork(Rules))
        {
            payment = payment.Begin(Rules, at).Do(PaymentSteps.SettleUnknown, at);
            waits.Add((payment.NextLook!.Value - at).TotalSeconds);
            at = payment.NextLook.Value;
        }

        Assert.Equal([10, 20, 40, 80], waits);
        Assert.Same(payment, payment.Begin(Rules, at.AddDays(1)));
        Assert.Equal(payment.Attempt + 1, payment.LookAgain(Rules).Begin(Rules, at.AddDays(1)).Attempt);
    }

    [Theory]
    [InlineData(9, 600)]
    [InlineData(1_000_000, 600)]
    public void TheWaitBetweenLooks_HasAnEnd(int looks, int seconds) => Assert.Equal(Now.AddSeconds(seconds), Rules.NextLook(looks, Now));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_TheSamePurchase_FindsThePayment(bool isVerified)
    {
        foreach (var status in Enum.GetValues<PaymentStatus>())
        {
            var payment = In(status);
            Assert.Same(payment, Payment.Take(payment, Order with { IsVerified = isVerified }, Now).Value);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_AnythingElse_IsRefused(bool isVerified)
    {
        PaymentOrder[] others =
        [
            Order with { Fingerprint = new string('d', 64) }, Order with { Resource = Order.Resource + "/" },
            Order with { BodyHash = new string('e', 64) }, Order with { Seller = "default:bob" },
        ];
        foreach (var status in Enum.GetValues<PaymentStatus>())
            Assert.All(others, other => Assert.Equal(PaymentRefusals.PaymentReused, Payment.Take(In(status), other with { IsVerified = isVerified }, Now).Refusal?.Code));
    }

    /// <summary>What was never good, as earlier versions stored it, is as if it were not there; no number of a run is used twice.</summary>
    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 1)]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 4)]
    public void Take_WhatIsNew_IsTakenWhenItIsVerified(bool wasForged, bool isVerified, int attempt)
    {
        var forged = Payment.Refuse(Order with { Fingerprint = new string('d', 64) }, PaymentReason.Create("some_code", null), Now) with { Attempt = 3 };
        var taken = Payment.Take(wasForged ? forged : null, Order with { IsVerified = isVerified }, Now);
        Assert.Equal(isVerified ? null : PaymentRefusals.PaymentNotFound, taken.Refusal?.Code);
        if (isVerified)
            Assert.Equal((PaymentStatus.Verified, (DateTimeOffset?)Now, Order.Fingerprint, attempt), (taken.Value!.Status, taken.Value.VerifiedAt, taken.Value.Fingerprint, taken.Value.Begin(Rules, Now).Attempt));
    }

    [Fact]
    public void Refuse_HasNothingToDo_AndNobodyToTell()
    {
        var refused = Payment.Refuse(Order, PaymentReason.Create("some_code", "Some detail."), Now);
        Assert.Equal((PaymentStatus.Failed, null, "some_code"), (refused.Status, refused.VerifiedAt, refused.Reason!.Code));
        Assert.False(refused.HasWork(Rules));
    }

    [Theory]
    [InlineData(500, 500)]
    [InlineData(501, 500)]
    public void WhatStrangersSay_IsCutOff(int length, int kept) =>
        Assert.Equal(kept, PaymentReason.Create("code", new string('x', length)).Detail.Length);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
