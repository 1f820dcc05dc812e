using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Exact.Evm.ResourceServer;

/// <summary>What a seller sees of a payment before anybody is asked.</summary>
public sealed class PaymentReaderTests
{
    private const string OtherUrl = "https://shop.example/other";

    private static readonly TimeSpan MaxValidity = TimeSpan.FromSeconds(60);

    private static readonly PaymentPayloadV2 Paid = (PaymentPayloadV2)TestPayments.Sign(X402Version.V2).Payload;

    private static readonly PaymentOffer WithIdentifiers = new(
        TestPayments.Offer.Resource, [PaymentOption.FromUsd(KnownAssets.UsdcOnBaseSepolia, "0.10", TestPayments.Seller)], PaymentIdentifier.Offer(required: false));

    [Theory]
    [MemberData(nameof(TestPayments.Versions), MemberType = typeof(TestPayments))]
    public void GoodPayment_IsTaken_ForTheSellersOwnTerms(int version)
    {
        var signed = TestPayments.Sign(version);
        var received = Read(TestPayments.Offer, signed.Payload).Value!;
        Assert.Null(received.Refusal);
        Assert.True(received.IsProven);
        Assert.Same(TestPayments.Requirements(version), received.Requirements);
        Assert.Equal(signed.Id, received.Payment.Id);
        Assert.Equal(signed.Id.ToString(), received.ToString());
        Assert.Equal(FacilitatorJson.Write(new SettleRequest(version, signed.Payload, TestPayments.Requirements(version))), received.ToFacilitatorRequest());
    }

    [Theory]
    [InlineData(null, X402Reasons.PaymentRequired)]
    [InlineData("!", X402Reasons.InvalidPayload)]
    public void WhatIsNoPayment_IsRefused(string? header, string code) =>
        Assert.Equal(code, PaymentReader.Read(TestPayments.Offer, header, null, MaxValidity, TestPayments.Now).Refusal?.Code);

    /// <summary>Whoever has paid and asks for the answer again, after the price has changed, is to be recognized.</summary>
    [Fact]
    public void PaymentForTermsThatHaveChanged_IsStillKnown_AndNotTakenAnew()
    {
        var signed = TestPayments.Sign(X402Version.V2);
        var received = Read(TestPayments.OfferOf(PaymentOption.FromUsd(KnownAssets.UsdcOnBaseSepolia, "0.20", TestPayments.Seller)), signed.Payload).Value!;
        Assert.Equal(new Refusal(X402Reasons.NoMatchingPaymentRequirements, "The payment is for none of the ways to pay that are offered."), received.Refusal);
        Assert.Equal(signed.Id, received.Payment.Id);
        Assert.True(received.IsProven);
        Assert.Equal("100000", received.Requirements.AmountAtomic);
    }

    /// <summary>Version 1 does not say which token it pays in: without the seller's terms it is no payment that could be known.</summary>
    [Fact]
    public void PaymentOfVersion1ForOtherTerms_IsRefused()
    {
        var offer = TestPayments.OfferOf(PaymentOption.FromUsd(KnownAssets.UsdcOnBase, "0.10", TestPayments.Seller));
        Assert.Equal(X402Reasons.NoMatchingPaymentRequirements, Read(offer, TestPayments.Sign(X402Version.V1).Payload).Refusal?.Code);
    }

    [Fact]
    public void PaymentThatCannotBeTold_IsRefused_ForTheTermsFirst()
    {
        var unreadable = Paid with { Payload = TestPayments.Json("{}") };
        Assert.Equal(new Refusal(X402Reasons.InvalidPayload, "authorization is missing."), Read(TestPayments.Offer, unreadable).Refusal);
        var forOtherTerms = unreadable with { Accepted = Paid.Accepted with { Amount = "1" } };
        Assert.Equal(X402Reasons.NoMatchingPaymentRequirements, Read(TestPayments.Offer, forOtherTerms).Refusal?.Code);
    }

    [Fact]
    public void PaymentForAnotherResource_IsRefused() => Assert.Equal(
        new Refusal(X402Reasons.ResourceMismatch, "The payment says that it is for another resource."),
        RefusalOf(TestPayments.Offer, Paid with { Resource = new ResourceInfo(OtherUrl) }));

    [Theory]
    [InlineData("""{"payment-identifier":{"info":{"required":false,"id":"0123456789abcdef"}}}""", null)]
    [InlineData("""{"payment-identifier":{"info":{"required":true}}}""", X402Reasons.ExtensionEchoMismatch)]
    public void Extensions_AreEchoedWithAdditions_AndNotChanged(string echoed, string? code) =>
        Assert.Equal(code, RefusalOf(WithIdentifiers, Paid with { Extensions = TestPayments.Json(echoed) })?.Code);

    /// <summary>The payment is valid for another 60 seconds. One that is valid for longer would have to be remembered for longer.</summary>
    [Theory]
    [InlineData(60, true)]
    [InlineData(61, true)]
    [InlineData(59, false)]
    [InlineData(0, false)]
    public void Validity_HasItsMaximum(int seconds, bool taken)
    {
        var refusal = PaymentReader.Read(TestPayments.Offer, PaymentHeaders.Write(Paid), null, TimeSpan.FromSeconds(seconds), TestPayments.Now).Value!.Refusal;
        Assert.Equal(
            taken ? null : new Refusal(X402Reasons.AuthorizationValidBefore, "authorization.validBefore is too far away: sign for no longer than maxTimeoutSeconds."), refusal);
    }

    /// <summary>Only the account's code can judge them, which a seller does not ask: the facilitator does.</summary>
    [Theory]
    [InlineData("contract", null, null)]
    [InlineData("undeployed", null, null)]
    [InlineData("contract", "1", X402Reasons.AuthorizationValueMismatch)]
    [InlineData("key", null, X402Reasons.InvalidSignature)]
    public void SignaturesOfAccountsWithCode_AreLeftToTheFacilitator(string kind, string? value, string? code)
    {
        var signature = kind switch
        {
            "contract" => "0x01",
            "undeployed" => VectorFile.At("erc6492").Text("wrapped"),
            _ => "0x" + new string('1', 2 * 64) + "1b",
        };
        var payload = TestPayments.Edit(Paid, node =>
        {
            node["signature"] = signature;
            node["authorization"]!["value"] = value ?? "100000";
        });
        var received = Read(TestPayments.Offer, payload).Value!;
        Assert.Equal(code, received.Refusal?.Code);
        Assert.False(received.IsProven);
    }

    /// <summary>Each fault hides those that were there before it, and is told alone too.</summary>
    [Fact]
    public void Reasons_AreLookedForInTheirOrder()
    {
        (Func<PaymentPayloadV2, PaymentPayloadV2> Fault, string Code)[] faults =
        [
            (paid => (PaymentPayloadV2)TestPayments.EditAuthorization(paid, "nonce", "0x" + new string('0', 64)), X402Reasons.InvalidSignature),
            (paid => paid with { Extensions = TestPayments.Json("""{"payment-identifier":{}}""") }, X402Reasons.ExtensionEchoMismatch),
            (paid => paid with { Resource = new ResourceInfo(OtherUrl) }, X402Reasons.ResourceMismatch),
            (paid => paid with { Accepted = paid.Accepted with { Amount = "1" } }, X402Reasons.NoMatchingPaymentRequirements),
        ];
        // From the beginning it is valid for too long.
        var all = Paid;
        Assert.Equal(X402Reasons.AuthorizationValidBefore, RefusalAfter(all, TimeSpan.Zero));
        foreach (var (fault, code) in faults)
        {
            all = fault(all);
            Assert.Equal(code, RefusalAfter(all, TimeSpan.Zero));
            Assert.Equal(code, RefusalAfter(fault(Paid), MaxValidity));
        }

        static string? RefusalAfter(PaymentPayload payload, TimeSpan maxValidity) =>
            PaymentReader.Read(WithIdentifiers, PaymentHeaders.Write(payload), null, maxValidity, TestPayments.Now).Value!.Refusal?.Code;
    }

    private static Refusal? RefusalOf(PaymentOffer offer, PaymentPayload payload) => Read(offer, payload).Value!.Refusal;

    private static Result<ReceivedPayment> Read(PaymentOffer offer, PaymentPayload payload)
    {
        var header = PaymentHeaders.Write(payload);
        return PaymentReader.Read(
            offer, payload.X402Version == X402Version.V2 ? header : null, payload.X402Version == X402Version.V2 ? null : header, MaxValidity, TestPayments.Now);
    }
}
