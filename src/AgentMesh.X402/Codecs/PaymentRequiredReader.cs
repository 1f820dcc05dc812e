using System.Text.Json;
using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Codecs;

/// <summary>Reads terms of either version, wherever they came from.</summary>
internal static class PaymentRequiredReader
{
    public static Result<PaymentRequired> Read(JsonElement? element)
    {
        PaymentRequired? required = WireText.VersionOf(element) switch
        {
            X402Version.V1 => WireText.TryRead(element, WireJson.Wire.PaymentRequiredV1),
            X402Version.V2 => WireText.TryRead(element, WireJson.Wire.PaymentRequiredV2),
            _ => null,
        };
        return WireRules.IsValid(required) ? required! : X402Refusals.Required;
    }
}
