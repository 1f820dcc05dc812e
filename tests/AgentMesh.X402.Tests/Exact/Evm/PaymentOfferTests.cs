using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Exact.Evm;

public sealed class PaymentOfferTests
{
    private static readonly PaymentPayloadV2 Paid = (PaymentPayloadV2)TestPayments.Sign(X402Version.V2).Payload;

    [Theory]
    [MemberData(nameof(TestPayments.Versions), MemberType = typeof(TestPayments))]
    public void PaymentForTheOffer_MatchesTheOwnRequirements(int version)
    {
        var match = TestPayments.Offer.Match(TestPayments.Sign(version).Payload);
        Assert.Equal(version, match.Value!.X402Version);
        Assert.Equal("100000", match.Value.AmountAtomic);
        Assert.Same(TestPayments.Terms(version).Options[0], match.Value);
    }

    public static TheoryData<string, PaymentRequirementsV2> Altered => new()
    {
        { "scheme", Paid.Accepted with { Scheme = "upto" } },
        { "network", Paid.Accepted with { Network = "eip155:8453" } },
        { "less", Paid.Accepted with { Amount = "99999" } },
        { "more", Paid.Accepted with { Amount = "100001" } },
        { "spelling of the amount", Paid.Accepted with { Amount = "0100000" } },
        { "asset", Paid.Accepted with { Asset = KnownAssets.UsdcOnBase.Address.ToString() } },
        // Texts are texts, as with the official server: a client sends back what it got.
        { "case of the asset", Paid.Accepted with { Asset = "0x036cbd53842c5426634e7929541ec2318f3dcf7e" } },
        { "payee", Paid.Accepted with { PayTo = "0x0000000000000000000000000000000000000001" } },
        { "case of the payee", Paid.Accepted with { PayTo = "0x1343558b1e48ee16260e386dbee4693902db77c4" } },
        { "time", Paid.Accepted with { MaxTimeoutSeconds = 61 } },
        { "no extra", Paid.Accepted with { Extra = null } },
        { "empty extra", Paid.Accepted with { Extra = TestPayments.Json("{}") } },
        { "name", Paid.Accepted with { Extra = TestPayments.Json("""{"name":"USD Coin","version":"2"}""") } },
        { "type of the version", Paid.Accepted with { Extra = TestPayments.Json("""{"name":"USDC","version":2}""") } },
        { "unknown member", WithUnknown() },
    };

    [Theory]
    [MemberData(nameof(Altered))]
    public void AlteredTerms_MatchNothing(string what, PaymentRequirementsV2 accepted)
    {
        Assert.NotEmpty(what);
        Assert.Equal(X402Reasons.NoMatchingPaymentRequirements, TestPayments.Offer.Match(Paid with { Accepted = accepted }).Refusal?.Code);
    }

    [Fact]
    public void ExtraOfTheClient_MayHaveMore_InAnyOrder() =>
        Assert.False(TestPayments.Offer.Match(Paid with { Accepted = Paid.Accepted with { Extra = TestPayments.Json("""{"more":[1],"version":"2","name":"USDC"}""") } }).IsRefused);

    [Fact]
    public void NoMembersThatAreNotKnown_AreNone() =>
        Assert.False(TestPayments.Offer.Match(Paid with { Accepted = Paid.Accepted with { Unknown = new Dictionary<string, System.Text.Json.JsonElement>() } }).IsRefused);

    /// <summary>The official client of version 1 refuses terms in which they are absent.</summary>
    [Theory]
    [InlineData("Analysis", "application/json", "Analysis", "application/json")]
    [InlineData(null, null, "", "")]
    public void Version1_HasADescriptionAndAType_EvenIfEmpty(string? description, string? mimeType, string described, string type)
    {
        var offer = new PaymentOffer(new ResourceInfo(TestPayments.Url, description, mimeType), [PaymentOption.FromUsd(KnownAssets.UsdcOnBase, "1", TestPayments.Seller)]);
        var option = (PaymentRequirementsV1)offer.ToPaymentRequiredV1("e")!.Options[0];
        Assert.Equal((described, type), (option.Description, option.MimeType));
    }

    [Theory]
    [InlineData("exact", "base-sepolia", true)]
    [InlineData("exact", "base", false)]
    [InlineData("exact", "eip155:84532", false)]
    [InlineData("upto", "base-sepolia", false)]
    public void Version1_NamesSchemeAndNetworkAlone(string scheme, string network, bool matches) =>
        Assert.Equal(matches, !TestPayments.Offer.Match(new PaymentPayloadV1(scheme, network, Paid.Payload)).IsRefused);

    [Fact]
    public void OfSeveral_TheOnePaidFor_IsFound()
    {
        var offer = TestPayments.OfferOf(
            PaymentOption.FromUsd(KnownAssets.UsdcOnBase, "0.10", TestPayments.Seller), PaymentOption.FromUsd(KnownAssets.UsdcOnBaseSepolia, "0.10", TestPayments.Seller));
        Assert.Equal("eip155:84532", offer.Match(Paid).Value!.Network);
        Assert.Equal("base-sepolia", offer.Match(TestPayments.Sign(X402Version.V1).Payload).Value!.Network);
    }

    [Theory]
    [InlineData(TestPayments.Url, true)]
    [InlineData(TestPayments.Url + "/", false)]
    [InlineData(null, true)]
    public void Resource_IsCompared_WhenThePaymentNamesOne(string? url, bool same) =>
        Assert.Equal(same, TestPayments.Offer.IsForResource(Paid with { Resource = url is null ? null : new ResourceInfo(url) }));

    [Fact]
    public void NetworkWithoutName_IsForVersion2Alone()
    {
        var asset = new TokenAsset(new EvmNetwork(31_337), KnownAssets.UsdcOnBase.Address, "TEST", "Test", "1", 6);
        var offer = TestPayments.OfferOf(PaymentOption.FromUsd(asset, "1", TestPayments.Seller));
        Assert.Null(offer.ToPaymentRequiredV1("e"));
        Assert.Equal("eip155:31337", offer.ToPaymentRequiredV2("e").Accepts[0].Network);
        Assert.Equal("{}"u8.ToArray(), offer.ToAnswer("e").Body.ToArray());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(PaymentOffer.MaxOptions, true)]
    [InlineData(PaymentOffer.MaxOptions + 1, false)]
    public void Options_AreLimited_AndFitAHeader(int count, bool taken)
    {
        var options = Enumerable.Repeat(PaymentOption.FromUsd(KnownAssets.UsdcOnBase, "1", TestPayments.Seller), count).ToArray();
        if (taken)
            Assert.InRange(TestPayments.OfferOf(options).ToAnswer(X402Reasons.AuthorizationValueMismatch).Header!.Length, 1, X402Limits.MaxHeaderLength / 2);
        else
            Assert.Throws<ArgumentOutOfRangeException>(() => TestPayments.OfferOf(options));
    }

    [Fact]
    public void Prices_ThatAreNone_AreTheServersMistake()
    {
        var asset = KnownAssets.UsdcOnBase;
        Assert.Throws<FormatException>(() => PaymentOption.FromUsd(asset, "0.0000001", TestPayments.Seller));
        Assert.Throws<ArgumentException>(() => new PaymentOption(asset, 0UL, TestPayments.Seller));
        Assert.Throws<ArgumentException>(() => new PaymentOption(asset, 1UL, EvmAddress.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PaymentOption(asset, 1UL, TestPayments.Seller, 0));
    }

    private static PaymentRequirementsV2 WithUnknown()
    {
        var node = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(Paid.Accepted, WireJson.Wire.PaymentRequirementsV2))!;
        node["later"] = 1;
        return System.Text.Json.JsonSerializer.Deserialize(node.ToJsonString(), WireJson.Wire.PaymentRequirementsV2)!;
    }
}
