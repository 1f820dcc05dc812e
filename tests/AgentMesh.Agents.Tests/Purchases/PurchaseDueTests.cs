using AgentMesh.Agents.Purchases;
using static AgentMesh.Agents.Tests.Purchases.SamplePurchases;

namespace AgentMesh.Agents.Tests.Purchases;

/// <summary>When somebody is to look after a purchase again, unless a run reports before.</summary>
public sealed class PurchaseDueTests
{
    private static readonly PurchaseLook NotKnown = new(PurchaseOutcome.Unknown, true, null, null);

    private static readonly Dictionary<string, Func<StoredPurchase, DateTimeOffset, StoredPurchase>> Steps = new()
    {
        ["begin"] = (purchase, now) => StoredPurchase.Begin(purchase.Id, purchase.Request, now),
        ["resume"] = (purchase, now) => purchase.Resume(now),
        ["authorize"] = (purchase, now) => purchase.Authorize(Terms, now),
        ["sign"] = (purchase, now) => purchase.Sign(Payment, now),
        ["wait"] = (purchase, now) => purchase.Wait(Reason, now),
        ["look"] = (purchase, now) => purchase.Look(NotKnown, now),
    };

    /// <summary>Who works on it has its lease from the step on; who could not sign yet asks again after a pause.</summary>
    [Theory]
    [InlineData("Open", "begin", 60)]
    [InlineData("Open", "resume", 60)]
    [InlineData("Authorized", "resume", 60)]
    [InlineData("Sending", "resume", 60)]
    [InlineData("Unknown", "resume", 60)]
    [InlineData("Open", "authorize", 60)]
    [InlineData("Authorized", "sign", 60)]
    [InlineData("Authorized", "wait", 2)]
    public void Purchase_IsDueAgain_SoManySecondsAfterTheStep(string stage, string step, int seconds)
    {
        var later = Now.AddSeconds(61);
        Assert.Equal(later.AddSeconds(seconds), Steps[step](Of(stage), later).Due);
    }

    /// <summary>Another's wait is none: only what is agreed on and not signed yet waits for who holds the key.</summary>
    [Theory]
    [InlineData("Open", false)]
    [InlineData("Authorized", true)]
    [InlineData("Sending", false)]
    [InlineData("Unknown", false)]
    public void Purchase_WaitsForItsSignature_WhileItIsAuthorized(string stage, bool waits)
    {
        var after = Of(stage).Wait(new PurchaseReason("wallet_locked", "The key is not there."), Now);
        Assert.Equal(waits ? "wallet_locked" : Of(stage).Reason?.Code, after.Reason?.Code);
        Assert.Equal(Of(stage).State, after.State);
        Assert.Equal(waits, after != Of(stage));
    }

    /// <summary>A payment that goes out again is looked for as often as it is sent; one that does not, at first every 16 seconds.</summary>
    [Theory]
    [InlineData("Unknown", 1, 2)]
    [InlineData("Unknown", 2, 4)]
    [InlineData("Unknown", 5, 32)]
    [InlineData("Unknown", 6, 60)]
    [InlineData("TurnedAway", 1, 16)]
    [InlineData("TurnedAway", 4, 16)]
    [InlineData("TurnedAway", 5, 32)]
    [InlineData("TurnedAway", 6, 60)]
    [InlineData("AnsweredUnknown", 1, 16)]
    public void UnknownPayment_IsLookedForAgain_AfterAPauseThatGrowsWithItsSends(string stage, int sends, int seconds)
    {
        var later = Now.AddSeconds(3);
        Assert.Equal(later.AddSeconds(seconds), Steps["look"](Of(stage) with { Sends = sends }, later).Due);
    }

    /// <summary>The terms are valid for 300 seconds, and the slack is 65.</summary>
    [Fact]
    public void UnknownPayment_OfAChainThatCannotBeAsked_IsDueWhenNobodyCanExecuteItAnyMore() =>
        Assert.Equal(Now.AddSeconds(365), TurnedAway.Look(NotKnown with { CanBeKnown = false }, Now.AddSeconds(3)).Due);

    [Fact]
    public void Payment_IsSentAgain_UnlessTheSellerHasTurnedItAway()
    {
        var sending = StoredPurchase.Begin(Open.Id, Request, Now).Authorize(Terms, Now).Sign(Payment, Now);
        Assert.True(sending.Miss(Reason, null, Now).IsToBeSent());
        Assert.False(sending.TurnAway(Reason, Now).IsToBeSent());
        Assert.False(sending.TurnAway(Reason, Now).Miss(Reason, null, Now).IsToBeSent());
    }
}
