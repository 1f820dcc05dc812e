using System.Text.Json;
using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Codecs;

/// <summary>Reads a payment of either version, wherever it came from.</summary>
internal static class PaymentPayloadReader
{
    public static Result<PaymentPayload> Read(JsonElement? element)
    {
        if (element is not { ValueKind: JsonValueKind.Object })
            return X402Refusals.Payload("The payment is not a JSON object.");
        PaymentPayload? payload;
        switch (WireText.VersionOf(element))
        {
            case X402Version.V1:
                payload = WireText.TryRead(element, WireJson.Wire.PaymentPayloadV1);
                break;
            case X402Version.V2:
                payload = WireText.TryRead(element, WireJson.Wire.PaymentPayloadV2);
                break;
            case null:
                return X402Refusals.Payload("The payment has no x402Version.");
            default:
                return X402Refusals.Version("x402Version is neither 1 nor 2.");
        }

        return WireRules.IsValid(payload) ? payload! : X402Refusals.Payload("A member of the payment is missing or not of its type.");
    }
}
