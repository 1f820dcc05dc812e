using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.AspNetCore.Tests.Fakes;

/// <summary>Payments that buy nothing, for all who sell by x402. Compiled into the end-to-end tests too.</summary>
public static class WrongPayments
{
    private static readonly EvmAddress Stranger = EvmAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    private static readonly TokenAsset OtherToken = new(EvmNetwork.BaseSepolia, Stranger, "USDC", "USDC", "2", 6);

    /// <summary>What is wrong, and what is said of it in version 1 and in version 2; null: it cannot be made in that version.</summary>
    public static TheoryData<string, string?, string?> All => new()
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
        { "for another resource", null, X402Reasons.ResourceMismatch },
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

    /// <summary>Makes one, of the version of the terms.</summary>
    /// <returns>The header's name and its text.</returns>
    public static (string Header, string? Value) Make(string wrong, PaymentRequired terms, EvmKey buyer, DateTimeOffset now)
    {
        var good = Sign();
        return wrong switch
        {
            "tampered nonce" => Edited(good, json => Change(Authorization(json), "nonce")),
            "tampered signature" => Edited(good, json => Change(json["payload"]!.AsObject(), "signature")),
            "tampered payer" => Edited(good, json => Authorization(json)["from"] = Stranger.ToString()),
            "expired" => Of(Sign(choice => choice with { ValiditySeconds = 60 }, TimeSpan.FromSeconds(-61))),
            "expires before it is settled" => Of(Sign(choice => choice with { ValiditySeconds = 5 })),
            "valid for too long" => Of(Sign(choice => choice with { ValiditySeconds = 4000 })),
            "early" => Resigned(good, buyer, UInt256.FromUInt64((ulong)now.ToUnixTimeSeconds() + 3600)),
            "underpaid" => Of(Sign(choice => choice with { AmountAtomic = 99_999UL })),
            "overpaid" => Of(Sign(choice => choice with { AmountAtomic = 100_001UL })),
            "underpaid, and says so" => Edited(Sign(choice => choice with { AmountAtomic = 1UL }), json => Accepted(json, "amount", "1")),
            "wrong asset" => Edited(Sign(choice => choice with { Asset = OtherToken }), json => Accepted(json, "asset", OtherToken.Address.ToString())),
            "wrong network" => Edited(good, json => Network(json, "eip155:8453", "base")),
            "signed for another chain" => Of(Sign(choice => choice with { Asset = KnownAssets.UsdcOnBase })),
            "wrong payee" => Of(Sign(choice => choice with { PayTo = Stranger })),
            "wrong payee, and says so" => Edited(Sign(choice => choice with { PayTo = Stranger }), json => Accepted(json, "payTo", Stranger.ToString())),
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

        SignedPayment Sign(Func<PaymentChoice, PaymentChoice>? change = null, TimeSpan later = default)
        {
            var choice = PaymentChooser.Choose(terms, new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, 10_000_000UL)] }).Value!;
            return PaymentSigner.Sign(terms, change?.Invoke(choice) ?? choice, buyer, RandomNumberGenerator.Create(), now + later).Value!;
        }
    }

    /// <summary>The JSON of a payment changed, in its header's text again.</summary>
    public static string Edit(SignedPayment payment, Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(Convert.FromBase64String(payment.HeaderValue))!.AsObject();
        edit(json);
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    /// <summary>Changes a digit of hex.</summary>
    public static void Change(JsonObject json, string member)
    {
        var hex = json[member]!.GetValue<string>();
        json[member] = $"{hex[..20]}{(hex[20] == '0' ? '1' : '0')}{hex[21..]}";
    }

    private static (string Header, string? Value) Of(SignedPayment payment) => (payment.HeaderName, payment.HeaderValue);

    private static (string Header, string? Value) Edited(SignedPayment payment, Action<JsonObject> edit) => (payment.HeaderName, Edit(payment, edit));

    /// <summary>Valid from another time on, and signed so by its payer.</summary>
    private static (string Header, string? Value) Resigned(SignedPayment payment, EvmKey buyer, UInt256 validAfter) => Edited(payment, json =>
    {
        Authorization(json)["validAfter"] = validAfter.ToString();
        var changed = payment.Payment.Authorization with { ValidAfter = validAfter };
        json["payload"]!["signature"] = buyer.Sign(changed.CalculateDigest(KnownAssets.UsdcOnBaseSepolia.Domain)).ToHex();
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
