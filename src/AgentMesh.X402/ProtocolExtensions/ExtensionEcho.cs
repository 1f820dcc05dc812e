using System.Text.Json;
using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.ProtocolExtensions;

/// <summary>Specification 5.1.2: a client sends an extension's <c>info</c> back, may add to it, and may not change or leave out anything.</summary>
public static class ExtensionEcho
{
    /// <summary>
    /// Compares what came back with what was offered; null when nothing is wrong. A client that knows no extensions sends none, which is
    /// right. Refused with <see cref="X402Reasons.ExtensionEchoMismatch"/>.
    /// </summary>
    public static Refusal? Check(JsonElement? offered, PaymentPayload payload)
    {
        if (payload is not PaymentPayloadV2 { Extensions: { } echoed } || offered is not { ValueKind: JsonValueKind.Object } extensions)
            return null;
        foreach (var extension in extensions.EnumerateObject())
        {
            if (extension.Value.ValueKind == JsonValueKind.Object
                && extension.Value.TryGetProperty("info", out var info)
                && echoed.TryGetProperty(extension.Name, out var echo)
                && (echo.ValueKind != JsonValueKind.Object || !echo.TryGetProperty("info", out var echoedInfo) || !JsonSubset.Contains(info, echoedInfo)))
            {
                return new Refusal(X402Reasons.ExtensionEchoMismatch, "The info of an extension came back changed.");
            }
        }

        return null;
    }
}
