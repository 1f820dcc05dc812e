using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Settlement;
using static AgentMesh.Payments.Tests.Settlement.SamplePayments;

namespace AgentMesh.Payments.Tests.Settlement;

public sealed class PaymentTests
{
    private const string Steps = "verified refused executing executed execution_failed settling settled settle_failed settle_unknown";

    /// <summary>Each state, and what each of <see cref="Steps"/> makes of it: a state, <c>=</c> for no change, <c>-</c> for a refusal.</summary>
    private static readonly Dictionary<string, string> Transitions = new()
    {
        //              verified refused executing executed exec_failed settling settled settle_failed settle_unknown
        ["Received"] = "Verified Failed  -         -        -           -        -       -             Unknown",
        ["Verified"] = "=        -       Executing -        Failed      -        -       -             Unknown",
        ["Executing"] = "-        -       =         Executed Failed      -        -       -             Unknown",
        ["Executed"] = "-        -       -         =        -           Settling -       -             Unknown",
        ["Settling"] = "-        -       -         -        -           =        Settled Failed        Unknown",
        ["Settled"] = "-        -       -         -        -           -        =       -             -",
        ["Failed"] = "-        -       -         -        =           -        -       =             -",
        ["Unknown"] = "-        -       -         -        -           -        Settled Failed        =",
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

    [Fact]
    public void Failed_BecauseNotGood_TakesTheSameWordAgain()
    {
        var refused = In(PaymentStatus.Received).Do(PaymentSteps.Refused);
        Assert.Equal((PaymentStatus.Failed, null, "some_code"), (refused.Status, refused.VerifiedAt, refused.Reason!.Code));
        Assert.Equal(refused, refused.Do(PaymentSteps.Refused));
        Assert.True(refused.Apply(Report(PaymentSteps.ExecutionFailed), Rules, Now).IsRefused);
    }

    [Theory]
    [InlineData(PaymentSteps.Executed)]
    [InlineData(PaymentSteps.Settled)]
    public void AnAnswer_HasToBeThere(string step)
    {
        var payment = In(step == PaymentSteps.Executed ? PaymentStatus.Executing : PaymentStatus.Received);
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
    [InlineData(nameof(PaymentStatus.Received), false)]
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
    [InlineData(nameof(PaymentStatus.Received), 15.0)]
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
    public void OfAPaymentThatWasNeverGood_NobodyIsTold() => Assert.Empty(In(PaymentStatus.Received).Do(PaymentSteps.Refused).Unannounced);

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
    [InlineData(nameof(PaymentStatus.Received), nameof(PaymentStatus.Failed), PaymentRefusals.FacilitatorUnavailable)]
    [InlineData(nameof(PaymentStatus.Verified), nameof(PaymentStatus.Unknown), PaymentRefusals.PaymentUnknown)]
    [InlineData(nameof(PaymentStatus.Executing), nameof(PaymentStatus.Unknown), PaymentRefusals.PaymentUnknown)]
    [InlineData(nameof(PaymentStatus.Executed), nameof(PaymentStatus.Unknown), PaymentRefusals.PaymentUnknown)]
    [InlineData(nameof(PaymentStatus.Settling), nameof(PaymentStatus.Unknown), PaymentRefusals.PaymentUnknown)]
    public void RunsThatAllDie_EndThePayment_AndNeverInANewOne(string status, string end, string code)
    {
        var payment = In(status);
        // Three runs may be made: the first is there.
        for (var run = 2; run <= 3; run++)
        {
            payment = payment.Begin(Rules, Now.AddSeconds(15 * run));
            Assert.Equal((status, run), (payment.Status.ToString(), payment.Attempt));
        }

        var ended = payment.Begin(Rules, Now.AddSeconds(100));
        Assert.Equal((end, code), (ended.Status.ToString(), ended.Reason!.Code));
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

    [Fact]
    public void Meet_TheSamePurchase_FindsThePayment()
    {
        foreach (var status in Enum.GetValues<PaymentStatus>())
        {
            var payment = In(status);
            Assert.Same(payment, payment.Meet(Order, Now).Value);
        }
    }

    [Fact]
    public void Meet_AnythingElse_IsRefused()
    {
        PaymentOrder[] others =
        [
            Order with { Fingerprint = new string('d', 64) }, Order with { Resource = Order.Resource + "/" },
            Order with { BodyHash = new string('e', 64) }, Order with { Seller = "default:bob" },
        ];
        foreach (var status in Enum.GetValues<PaymentStatus>())
            Assert.All(others, other => Assert.Equal(PaymentRefusals.PaymentReused, In(status).Meet(other, Now).Refusal?.Code));
    }

    [Fact]
    public void Meet_WhatWasNeverGood_BeginsAnew()
    {
        var forged = In(PaymentStatus.Received).Do(PaymentSteps.Refused);
        var met = forged.Meet(Order with { Fingerprint = new string('d', 64) }, Now.AddSeconds(1)).Value!;
        Assert.Equal((PaymentStatus.Received, new string('d', 64), 2), (met.Status, met.Fingerprint, met.Begin(Rules, Now).Attempt));
    }

    [Theory]
    [InlineData(500, 500)]
    [InlineData(501, 500)]
    public void WhatStrangersSay_IsCutOff(int length, int kept) =>
        Assert.Equal(kept, PaymentReason.Create("code", new string('x', length)).Detail.Length);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
