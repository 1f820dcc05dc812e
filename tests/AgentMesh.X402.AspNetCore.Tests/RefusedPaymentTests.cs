using System.Net;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.X402.AspNetCore.Tests.Fakes;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.AspNetCore.Tests;

/// <summary>Payments that buy nothing: each is refused with its reason, with the terms anew, and neither the handler nor the facilitator's order has happened.</summary>
public sealed class RefusedPaymentTests
{
    private static readonly EvmAddress Stranger = EvmAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");

    /// <summary>What is wrong, and what is said in version 1 and 2.</summary>
    public static TheoryData<string, string, string> Wrongs => new()
    {
        { "tampered nonce", X402Reasons.InvalidSignature, X402Reasons.InvalidSignature },
        { "tampered signature", X402Reasons.InvalidSignature, X402Reasons.InvalidSignature },
        { "tampered payer", X402Reasons.InvalidSignature, X402Reasons.InvalidSignature },
        { "expired", X402Reasons.AuthorizationValidBefore, X402Reasons.AuthorizationValidBefore },
        { "expires before it is settled", X402Reasons.AuthorizationValidBefore, X402Reasons.AuthorizationValidBefore },
        { "valid for too long", X402Reasons.AuthorizationValidBefore, X402Reasons.AuthorizationValidBefore },
        { "early", X402Reasons.AuthorizationValidAfter, X402Reasons.AuthorizationValidAfter },
        { "underpaid", X402Reasons.AuthorizationValue, X402Reasons.AuthorizationValueMismatch },
        { "overpaid", X402Reasons.AuthorizationValue, X402Reasons.AuthorizationValueMismatch },
        { "underpaid, and says so", X402Reasons.AuthorizationValue, X402Reasons.NoMatchingPaymentRequirements },
        { "wrong asset", X402Reasons.InvalidSignature, X402Reasons.NoMatchingPaymentRequirements },
        { "wrong network", X402Reasons.NoMatchingPaymentRequirements, X402Reasons.NoMatchingPaymentRequirements },
        { "signed for another chain", X402Reasons.InvalidSignature, X402Reasons.InvalidSignature },
        { "wrong payee", X402Reasons.RecipientMismatch, X402Reasons.RecipientMismatch },
        { "wrong payee, and says so", X402Reasons.RecipientMismatch, X402Reasons.NoMatchingPaymentRequirements },
        { "for another resource", null!, X402Reasons.ResourceMismatch },
        { "wrong scheme", X402Reasons.NoMatchingPaymentRequirements, X402Reasons.NoMatchingPaymentRequirements },
        { "the other version's header", X402Reasons.InvalidX402Version, X402Reasons.InvalidX402Version },
        { "no version", X402Reasons.InvalidPayload, X402Reasons.InvalidPayload },
        { "version 3", X402Reasons.InvalidX402Version, X402Reasons.InvalidX402Version },
        { "no authorization", X402Reasons.InvalidPayload, X402Reasons.InvalidPayload },
        { "an amount that is a number", X402Reasons.InvalidPayload, X402Reasons.InvalidPayload },
        { "by Permit2", X402Reasons.UnsupportedPayloadType, X402Reasons.UnsupportedPayloadType },
        { "not base64", X402Reasons.InvalidPayload, X402Reasons.InvalidPayload },
        { "not JSON", X402Reasons.InvalidPayload, X402Reasons.InvalidPayload },
        { "an empty header", X402Reasons.PaymentRequired, X402Reasons.PaymentRequired },
    };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public async Task AWrongPayment_IsRefused_AndNothingIsDone(string wrong, string v1, string v2)
    {
        foreach (var (version, reason) in new[] { (1, v1), (2, v2) })
        {
            if (reason is null)
                continue;
            var handler = new Counted();
            await using var shop = await PaidShop.StartAsync(handler.Map);
            var (header, value) = Make(wrong, shop, await shop.AskAsync("/paint", version, "a fence"));
            using var answer = await shop.SendAsync("/paint", header, value, "a fence");
            Assert.Equal((HttpStatusCode.PaymentRequired, reason), (answer.StatusCode, await PaidShop.CodeAsync(answer)));
            var terms = PaymentRequiredAnswer.Read(answer.Headers.GetValues(PaymentHeaderNames.PaymentRequired).Single(), default).Value!;
            Assert.Equal((reason, "100000"), (terms.Reason, terms.Options[0].AmountAtomic));
            Assert.Equal((0, 0, 0), (handler.Runs, shop.Facilitator.Verifies, shop.Facilitator.Settles));
        }
    }

    /// <summary>What only a chain knows: the facilitator's reason is passed on.</summary>
    [Theory]
    [InlineData("insufficient_funds")]
    [InlineData("invalid_exact_evm_nonce_already_used")]
    [InlineData("a_reason_of_tomorrow")]
    public async Task WhatTheFacilitatorRefuses_IsRefusedWithItsReason(string reason)
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map);
        shop.Facilitator.SaysOfVerify = found => found with { IsValid = false, InvalidReason = reason };
        var payment = await shop.SignAsync("/paint", body: "a fence");
        using var answer = await shop.SendAsync("/paint", payment, "a fence");
        Assert.Equal((HttpStatusCode.PaymentRequired, reason), (answer.StatusCode, await PaidShop.CodeAsync(answer)));
        Assert.Equal((0, 0), (handler.Runs, shop.Facilitator.Settles));
        // It was not used: with money it buys.
        shop.Facilitator.SaysOfVerify = null;
        using var later = await shop.SendAsync("/paint", payment, "a fence");
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task BothHeadersAtOnce_AreRefused()
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/paint");
        foreach (var version in new[] { 1, 2 })
        {
            var payment = await shop.SignAsync("/paint", version);
            request.Headers.TryAddWithoutValidation(payment.HeaderName, payment.HeaderValue);
        }

        using var answer = await shop.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(X402Reasons.InvalidPayload, await PaidShop.CodeAsync(answer));
        Assert.Equal((0, 0), (handler.Runs, shop.Facilitator.Verifies));
    }

    private static (string Header, string? Value) Make(string wrong, PaidShop shop, PaymentRequired terms)
    {
        var good = shop.Sign(terms);
        return wrong switch
        {
            "tampered nonce" => Edited(good, json => PaidEndpointTests.Change(Authorization(json), "nonce")),
            "tampered signature" => Edited(good, json => PaidEndpointTests.Change(json["payload"]!.AsObject(), "signature")),
            "tampered payer" => Edited(good, json => Authorization(json)["from"] = Stranger.ToString()),
            "expired" => Of(shop.Sign(terms, later: TimeSpan.FromSeconds(-61))),
            "expires before it is settled" => Of(shop.Sign(terms, later: TimeSpan.FromSeconds(-50))),
            "valid for too long" => Of(shop.Sign(terms, choice => choice with { ValiditySeconds = 3601 })),
            "early" => Resigned(good, authorization => authorization["validAfter"] = "1800000001"),
            "underpaid" => Of(shop.Sign(terms, choice => choice with { AmountAtomic = 99_999UL })),
            "overpaid" => Of(shop.Sign(terms, choice => choice with { AmountAtomic = 100_001UL })),
            "underpaid, and says so" => Edited(shop.Sign(terms, choice => choice with { AmountAtomic = 1UL }), json => Accepted(json, "amount", "1")),
            "wrong asset" => Edited(shop.Sign(terms, choice => choice with { Asset = OtherToken }), json => Accepted(json, "asset", OtherToken.Address.ToString())),
            "wrong network" => Edited(good, json => Network(json, "eip155:8453", "base")),
            "signed for another chain" => Of(shop.Sign(terms, choice => choice with { Asset = KnownAssets.UsdcOnBase })),
            "wrong payee" => Of(shop.Sign(terms, choice => choice with { PayTo = Stranger })),
            "wrong payee, and says so" => Edited(shop.Sign(terms, choice => choice with { PayTo = Stranger }), json => Accepted(json, "payTo", Stranger.ToString())),
            "for another resource" => Edited(good, json => json["resource"]!["url"] = "https://shop.example/paints"),
            "wrong scheme" => Edited(good, json => (json["accepted"]?.AsObject() ?? json)["scheme"] = "upto"),
            "the other version's header" => (good.HeaderName == PaymentHeaderNames.XPayment ? PaymentHeaderNames.PaymentSignature : PaymentHeaderNames.XPayment, good.HeaderValue),
            "no version" => Edited(good, json => json.Remove("x402Version")),
            "version 3" => Edited(good, json => json["x402Version"] = 3),
            "no authorization" => Edited(good, json => json["payload"]!.AsObject().Remove("authorization")),
            "an amount that is a number" => Edited(good, json => Authorization(json)["value"] = 100_000),
            "by Permit2" => Edited(good, json => json["payload"] = new JsonObject { ["permit2Authorization"] = new JsonObject() }),
            "not base64" => (good.HeaderName, good.HeaderValue[1..]),
            "not JSON" => (good.HeaderName, Convert.ToBase64String("payment"u8)),
            "an empty header" => (good.HeaderName, ""),
            _ => throw new ArgumentOutOfRangeException(nameof(wrong), wrong, null),
        };
    }

    private static TokenAsset OtherToken { get; } = new(EvmNetwork.BaseSepolia, Stranger, "USDC", "USDC", "2", 6);

    private static (string Header, string? Value) Of(SignedPayment payment) => (payment.HeaderName, payment.HeaderValue);

    private static (string Header, string? Value) Edited(SignedPayment payment, Action<JsonObject> edit) => (payment.HeaderName, PaidShop.Edit(payment, edit));

    /// <summary>Changed, and signed by the payer again.</summary>
    private static (string Header, string? Value) Resigned(SignedPayment payment, Action<JsonObject> edit) => Edited(payment, json =>
    {
        var authorization = Authorization(json);
        edit(authorization);
        var changed = payment.Payment.Authorization with { ValidAfter = UInt256.Parse(authorization["validAfter"]!.GetValue<string>()) };
        json["payload"]!["signature"] = PaidShop.Buyer.Sign(changed.CalculateDigest(KnownAssets.UsdcOnBaseSepolia.Domain)).ToHex();
    });

    private static JsonObject Authorization(JsonObject json) => json["payload"]!["authorization"]!.AsObject();

    // Version 1 names no terms.
    private static void Accepted(JsonObject json, string member, string value)
    {
        if (json["accepted"] is { } accepted)
            accepted[member] = value;
    }

    private static void Network(JsonObject json, string v2, string v1)
    {
        if (json["accepted"] is { } accepted)
            accepted["network"] = v2;
        else
            json["network"] = v1;
    }
}
