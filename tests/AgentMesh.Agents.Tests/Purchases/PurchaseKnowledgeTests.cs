using AgentMesh.Agents.Purchases;
using static AgentMesh.Agents.Tests.Purchases.SamplePurchases;

namespace AgentMesh.Agents.Tests.Purchases;

/// <summary>What is known of a purchase, what of it stays when more is said, and what is told to who asked.</summary>
public sealed class PurchaseKnowledgeTests
{
    private static readonly PurchaseReason Later = new("chain_unknown", "The chain does not say.");

    /// <summary>What is known, what is told with the money moved, and what is known then.</summary>
    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "0x2", "0x2")]
    [InlineData("0x1", null, "0x1")]
    [InlineData("0x1", "0x2", "0x2")]
    public void Transaction_IsTheLastOneThatWasSaid(string? known, string? told, string? after)
    {
        var purchase = Unknown with { Transaction = known };
        Assert.Equal(after, purchase.Take(Answer, new PurchaseReceipt(true, told), Now).Transaction);
        Assert.Equal(after, purchase.Look(new PurchaseLook(PurchaseOutcome.Settled, true, told, null), Now).Transaction);
    }

    [Theory]
    [InlineData(false, "url_timed_out")]
    [InlineData(true, "chain_unknown")]
    public void Reason_OfAPaymentThatNobodyLooksForAnyMore_IsTheLastOneThatWasSaid(bool isSaid, string code)
    {
        var after = TurnedAway.Look(new PurchaseLook(PurchaseOutcome.Unknown, false, null, isSaid ? Later : null), Now.AddSeconds(365));
        Assert.Equal((PurchaseState.Unknown, null, code), (after.State, after.Due, after.Reason!.Code));
    }

    /// <summary>The first one is what was paid for, as far as anybody knows; one with a receipt is.</summary>
    [Theory]
    [InlineData(false, 200)]
    [InlineData(true, 201)]
    public void Answer_WithoutAReceipt_IsTheFirst_AndWithOneTheLast(bool hasReceipt, int status)
    {
        var answered = Sending.Take(Answer, null, Now);
        Assert.Equal(Answer, answered.Answer);
        Assert.Equal(status, answered.Take(Answer with { Status = 201 }, hasReceipt ? new PurchaseReceipt(true, "0x1") : null, Now).Answer!.Status);
    }

    [Theory]
    [InlineData("Open", "Open")]
    [InlineData("Authorized", "Failed")]
    [InlineData("Sending", "Sending")]
    [InlineData("Unknown", "Unknown")]
    [InlineData("Settled", "Settled")]
    [InlineData("Free", "Free")]
    [InlineData("Refused", "Refused")]
    public void Purchase_ThatCannotBeMadeAPaymentOf_IsAbandonedWhileNobodyHasOne(string stage, string expected)
    {
        var after = Of(stage).Abandon(Later, Now);
        Assert.Equal(Enum.Parse<PurchaseState>(expected), after.State);
        Assert.Equal(stage == expected ? Of(stage) : Authorized with { State = PurchaseState.Failed, Reason = Later, Due = null, Terms = after.Terms }, after);
    }

    [Theory]
    [InlineData("Open", false)]
    [InlineData("Authorized", false)]
    [InlineData("Sending", false)]
    [InlineData("Unknown", true)]
    [InlineData("TurnedAway", true)]
    [InlineData("AnsweredUnknown", true)]
    [InlineData("Settled", true)]
    [InlineData("Failed", true)]
    [InlineData("Free", true)]
    [InlineData("Refused", true)]
    public void WhoAsked_IsTold_WhenItIsOverOrNobodyKnowsForNow(string stage, bool canBeTold) => Assert.Equal(canBeTold, Of(stage).CanBeTold);
}
