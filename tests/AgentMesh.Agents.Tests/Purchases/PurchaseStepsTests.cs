using AgentMesh.Agents.Purchases;
using CsCheck;
using static AgentMesh.Agents.Tests.Purchases.SamplePurchases;

namespace AgentMesh.Agents.Tests.Purchases;

/// <summary>What becomes of a purchase, by stage and step.</summary>
public sealed class PurchaseStepsTests
{
    private static readonly Dictionary<string, Func<StoredPurchase, DateTimeOffset, StoredPurchase>> Steps = new()
    {
        ["authorize"] = (purchase, now) => purchase.Authorize(Terms with { Nonce = "another" }, now),
        ["refuse"] = (purchase, now) => purchase.Refuse(Reason, now),
        ["sign"] = (purchase, now) => purchase.Sign(new PurchasePayment("X-PAYMENT", "another"), now),
        ["wait"] = (purchase, now) => purchase.Wait(Reason, now),
        ["take"] = (purchase, now) => purchase.Take(Answer, null, now),
        ["take receipt"] = (purchase, now) => purchase.Take(Answer, new PurchaseReceipt(true, "0x2"), now),
        ["take no"] = (purchase, now) => purchase.Take(Answer, new PurchaseReceipt(false, null), now),
        ["miss"] = (purchase, now) => purchase.Miss(Reason, null, now),
        ["turn away"] = (purchase, now) => purchase.TurnAway(Reason, now),
        ["look settled"] = (purchase, now) => purchase.Look(new PurchaseLook(PurchaseOutcome.Settled, true, "0x3", null), now),
        ["look failed"] = (purchase, now) => purchase.Look(new PurchaseLook(PurchaseOutcome.Failed, true, null, Reason), now),
        ["look unknown"] = (purchase, now) => purchase.Look(new PurchaseLook(PurchaseOutcome.Unknown, true, null, null), now),
        ["resume"] = (purchase, now) => purchase.Resume(now),
    };

    private static readonly string[] Stages =
        [nameof(Open), nameof(Authorized), nameof(Sending), nameof(Unknown), nameof(TurnedAway), nameof(AnsweredUnknown), nameof(Settled), nameof(Failed), nameof(Free), nameof(Refused)];

    [Theory]
    [InlineData("Open", "authorize", "Authorized")]
    [InlineData("Open", "refuse", "Refused")]
    [InlineData("Open", "sign", "Open")]
    [InlineData("Open", "take", "Free")]
    [InlineData("Open", "take receipt", "Free")]
    [InlineData("Open", "miss", "Open")]
    [InlineData("Open", "turn away", "Open")]
    [InlineData("Open", "look failed", "Open")]
    [InlineData("Authorized", "authorize", "Authorized")]
    [InlineData("Authorized", "refuse", "Authorized")]
    [InlineData("Authorized", "sign", "Sending")]
    [InlineData("Authorized", "wait", "Authorized")]
    [InlineData("Authorized", "take receipt", "Authorized")]
    [InlineData("Authorized", "miss", "Authorized")]
    [InlineData("Authorized", "look settled", "Authorized")]
    [InlineData("Sending", "authorize", "Sending")]
    [InlineData("Sending", "refuse", "Sending")]
    [InlineData("Sending", "sign", "Sending")]
    [InlineData("Sending", "take", "Unknown")]
    [InlineData("Sending", "take receipt", "Settled")]
    [InlineData("Sending", "take no", "Unknown")]
    [InlineData("Sending", "miss", "Unknown")]
    [InlineData("Sending", "turn away", "Unknown")]
    [InlineData("Sending", "look settled", "Settled")]
    [InlineData("Sending", "look failed", "Failed")]
    [InlineData("Sending", "look unknown", "Sending")]
    [InlineData("Unknown", "sign", "Unknown")]
    [InlineData("Unknown", "authorize", "Unknown")]
    [InlineData("Unknown", "take receipt", "Settled")]
    [InlineData("Unknown", "take no", "Unknown")]
    [InlineData("Unknown", "look settled", "Settled")]
    [InlineData("Unknown", "look failed", "Failed")]
    [InlineData("Unknown", "look unknown", "Unknown")]
    [InlineData("TurnedAway", "authorize", "Unknown")]
    [InlineData("TurnedAway", "sign", "Unknown")]
    [InlineData("TurnedAway", "look settled", "Settled")]
    [InlineData("AnsweredUnknown", "look settled", "Settled")]
    [InlineData("AnsweredUnknown", "look failed", "Failed")]
    public void Step_LeadsWhereItMay(string stage, string step, string expected) =>
        Assert.Equal(Enum.Parse<PurchaseState>(expected), Steps[step](Of(stage), Now).State);

    [Theory]
    [InlineData(nameof(Settled))]
    [InlineData(nameof(Failed))]
    [InlineData(nameof(Free))]
    [InlineData(nameof(Refused))]
    public void WhatIsOver_Stays(string stage) => Assert.All(Steps.Values, step => Assert.Equal(Of(stage), step(Of(stage), Now.AddDays(9))));

    /// <summary>Whatever comes in whatever order: one payment is signed, it is what was agreed on, and it is never changed.</summary>
    [Fact]
    public void AnyStepsInAnyOrder_SignOnePayment() => Gen.Select(Gen.Int[0, Steps.Count - 1].Array[0, 40], Gen.Int[0, 90].Array[40]).Sample((steps, pauses) =>
    {
        var (purchase, now) = (Open, Now);
        PurchaseTerms? terms = null;
        PurchasePayment? payment = null;
        for (var at = 0; at < steps.Length; at++)
        {
            now = now.AddSeconds(pauses[at]);
            var after = Steps.ElementAt(steps[at]).Value(purchase, now);
            if (after.Terms is { } agreed)
                Assert.Equal(terms?.Nonce ?? agreed.Nonce, agreed.Nonce);
            if (after.Payment is { } made)
                Assert.Equal(payment ?? made, made);
            Assert.True(after.State != PurchaseState.Sending || after.Payment is not null);
            // There is always somebody who looks after what is not over, or all of it counts as paid.
            Assert.True(after.IsOver == after.Due is null || after is { State: PurchaseState.Unknown, Due: null });
            (terms, payment, purchase) = (after.Terms ?? terms, after.Payment ?? payment, after);
        }
    });

    [Fact]
    public void EveryStepRepeated_ChangesNothingMore() => Assert.All(
        from stage in Stages from step in Steps.Keys select (stage, step),
        pair =>
        {
            var once = Steps[pair.step](Of(pair.stage), Now);
            // Each time a payment is sent counts, so only the rest of a repeated miss is the same.
            Assert.Equal(once with { Sends = 0, Due = null }, Steps[pair.step](once, Now) with { Sends = 0, Due = null });
        });

    [Theory]
    [InlineData(59_999, 1)]
    [InlineData(60_000, 2)]
    public void Run_IsDueWhenItsLeaseIsOver(int milliseconds, int attempt)
    {
        var resumed = Open.Resume(Now.AddMilliseconds(milliseconds));
        Assert.Equal(attempt, resumed.Attempt);
        Assert.Equal(attempt == 1 ? null : "purchase_lost", resumed.Check(1)?.Code);
        Assert.Null(resumed.Check(attempt));
    }

    [Fact]
    public void RunsThatDieBeforeAnythingIsPromised_EndSometime()
    {
        var (purchase, now) = (Open, Now);
        for (var run = 1; run < PurchaseLimits.OpenAttempts; run++)
            purchase = purchase.Resume(now += PurchaseLimits.Lease);
        Assert.Equal(PurchaseState.Open, purchase.State);
        purchase = purchase.Resume(now + PurchaseLimits.Lease);
        Assert.Equal((PurchaseState.Refused, "purchase_failed"), (purchase.State, purchase.Reason!.Code));
    }

    /// <summary>The terms are valid for 300 seconds, and a payment needs 10 of them.</summary>
    [Theory]
    [InlineData(290_000, PurchaseState.Sending)]
    [InlineData(290_001, PurchaseState.Failed)]
    public void Payment_IsSignedWhileItCanBeSettled(int milliseconds, PurchaseState expected)
    {
        var now = Now.AddMilliseconds(milliseconds);
        Assert.Equal(expected, Authorized.Sign(Payment, now).State);
        Assert.Equal(expected == PurchaseState.Failed ? PurchaseState.Failed : PurchaseState.Authorized, Authorized.Resume(now).State);
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData(1, 2)]
    [InlineData(30, 30)]
    [InlineData(3600, 60)]
    public void Pause_IsWhatTheServerAsksFor_WithinReason(int? asked, int seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), Sending.Miss(Reason, asked is { } wait ? TimeSpan.FromSeconds(wait) : null, Now).Due);

    [Fact]
    public void Payment_IsSentSixTimes_AndThenOnlyLookedFor()
    {
        var (purchase, now, pauses) = (Sending, Now, new List<double>());
        while (purchase.IsToBeSent())
        {
            purchase = purchase.Miss(Reason, null, now);
            pauses.Add((purchase.Due!.Value - now).TotalSeconds);
            now = purchase.Due.Value;
        }

        Assert.Equal([2, 4, 8, 16, 32, 60], pauses);
        Assert.False(TurnedAway.IsToBeSent());
        Assert.False(AnsweredUnknown.IsToBeSent());
    }

    /// <summary>365 seconds after the beginning nobody can execute it any more, with slack.</summary>
    [Theory]
    [InlineData(true, 1, true)]
    [InlineData(true, 365_000, true)]
    [InlineData(true, 365_000 + 24 * 3_600_000 - 1, true)]
    [InlineData(true, 365_000 + 24 * 3_600_000, false)]
    [InlineData(false, 364_999, true)]
    [InlineData(false, 365_000, false)]
    public void UnknownPayment_IsLookedForUntilNobodyCanKnowMore_AndCountsAsPaidThen(bool canBeKnown, int milliseconds, bool isLookedFor)
    {
        var after = TurnedAway.Look(new PurchaseLook(PurchaseOutcome.Unknown, canBeKnown, null, null), Now.AddMilliseconds(milliseconds));
        Assert.Equal(PurchaseState.Unknown, after.State);
        Assert.Equal(isLookedFor, after.Due is not null);
        Assert.Equal(isLookedFor, after.Payment is not null);
    }

    [Fact]
    public void WhatIsOver_HasNoPaymentAndNoTermsOfTheSellerLeft() => Assert.All(
        Stages.Select(Of).Where(purchase => purchase.IsOver),
        purchase => Assert.True(purchase is { Payment: null, Terms: null or { RequiredHeader: null, RequiredBody: null } }));

    [Fact]
    public void Fingerprint_IsOfEveryMember()
    {
        PurchaseRequest[] others =
        [
            Request with { Url = "https://shop.example/other" }, Request with { Method = "PUT" }, Request with { ContentType = null }, Request with { BodyHash = null },
            Request with { MaxAmount = "100001" }, Request with { Asset = "other" }, Request with { Session = "t" }, Request with { Tool = "t" },
            Request with { Url = "https://shop.example/analysisPOS", Method = "T" },
        ];
        Assert.Equal(others.Length + 1, others.Append(Request).Select(request => request.CalculateFingerprint()).Distinct().Count());
        Assert.Equal(Request.CalculateFingerprint(), (Request with { RequestId = "r2", HasKey = false }).CalculateFingerprint());
    }
}
