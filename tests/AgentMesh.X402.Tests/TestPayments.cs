using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests;

/// <summary>A buyer, a seller, a price of 0.10 USDC on Base Sepolia, and a time.</summary>
internal static class TestPayments
{
    public const string Url = "https://shop.example/analysis";

    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public static EvmKey Buyer { get; } = EvmKey.FromBytes(Convert.FromHexString("f7c302435f29b8750daab76495df80b132075cc8e3ab907b2b89e86a556a1b86"));

    public static EvmAddress Seller { get; } = EvmAddress.Parse("0x1343558b1e48Ee16260e386DBEE4693902DB77c4");

    public static PaymentOffer Offer { get; } = OfferOf(PaymentOption.FromUsd(KnownAssets.UsdcOnBaseSepolia, "0.10", Seller));

    public static PaymentPolicy Policy { get; } = new() { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, 100_000UL)] };

    public static TheoryData<int> Versions => [X402Version.V1, X402Version.V2];

    public static PaymentOffer OfferOf(params PaymentOption[] options) => new(new ResourceInfo(Url, "Analysis", "application/json"), options);

    public static PaymentRequired Terms(int version) =>
        version == X402Version.V2 ? Offer.ToPaymentRequiredV2("payment_required") : Offer.ToPaymentRequiredV1("payment_required")!;

    public static SignedPayment Sign(int version, PaymentRequired? terms = null, PaymentPolicy? policy = null)
    {
        terms ??= Terms(version);
        var choice = PaymentChooser.Choose(terms, policy ?? Policy);
        Assert.False(choice.IsRefused, choice.Refusal?.Detail);
        var signed = PaymentSigner.Sign(terms, choice.Value, Buyer, RandomNumberGenerator.Create(), Now);
        Assert.False(signed.IsRefused);
        return signed.Value;
    }

    /// <summary>The own requirements that the payment is for.</summary>
    public static PaymentRequirements Requirements(int version) => Terms(version).Options[0];

    /// <summary>The payment with its payload changed.</summary>
    public static PaymentPayload Edit(PaymentPayload payload, Action<JsonObject> edit)
    {
        var node = JsonObject.Create(payload.Payload)!;
        edit(node);
        var edited = ToElement(node);
        return payload is PaymentPayloadV1 v1 ? v1 with { Payload = edited } : (PaymentPayloadV2)payload with { Payload = edited };
    }

    public static PaymentPayload EditAuthorization(PaymentPayload payload, string member, JsonNode? value) =>
        Edit(payload, node => node["authorization"]![member] = value);

    public static JsonElement ToElement(JsonNode node) => JsonDocument.Parse(node.ToJsonString()).RootElement;

    public static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}
