using System.Text.Json;
using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Codecs;

/// <summary>The JSON between resource servers and facilitators (specification 7).</summary>
public static class FacilitatorJson
{
    /// <summary>
    /// Reads the body of <c>POST /verify</c>. Refused with <see cref="X402Reasons.InvalidX402Version"/>, <see cref="X402Reasons.InvalidPayload"/>
    /// or <see cref="X402Reasons.InvalidPaymentRequirements"/>: the reasons to answer with, a 200 like any other.
    /// </summary>
    public static Result<VerifyRequest> ReadVerifyRequest(ReadOnlyMemory<byte> body)
    {
        var (payload, requirements, refusal) = ReadRequest(body);
        return refusal is null ? new VerifyRequest(payload!.X402Version, payload, requirements!) : refusal;
    }

    /// <summary>Reads the body of <c>POST /settle</c>, as <see cref="ReadVerifyRequest"/> does.</summary>
    public static Result<SettleRequest> ReadSettleRequest(ReadOnlyMemory<byte> body)
    {
        var (payload, requirements, refusal) = ReadRequest(body);
        return refusal is null ? new SettleRequest(payload!.X402Version, payload, requirements!) : refusal;
    }

    /// <summary>Reads what a facilitator says to <c>/verify</c>; refused with <see cref="X402Refusals.InvalidPaymentResponse"/>.</summary>
    public static Result<VerifyResponse> ReadVerifyResponse(ReadOnlyMemory<byte> body) =>
        WireText.TryRead(Parse(body), WireJson.Wire.VerifyResponse) is { } response ? response : X402Refusals.Response;

    /// <summary>Reads what a facilitator says to <c>/settle</c>; refused with <see cref="X402Refusals.InvalidPaymentResponse"/>: unknown, not failed.</summary>
    public static Result<SettleResponse> ReadSettleResponse(ReadOnlyMemory<byte> body) =>
        WireText.TryRead(Parse(body), WireJson.Wire.SettleResponse) is { } response ? response : X402Refusals.Response;

    /// <summary>Reads what a facilitator says to <c>/supported</c>; refused with <see cref="X402Refusals.InvalidPaymentResponse"/>.</summary>
    public static Result<SupportedResponse> ReadSupported(ReadOnlyMemory<byte> body) =>
        WireText.TryRead(Parse(body), WireJson.Wire.SupportedResponse) is { } response ? response : X402Refusals.Response;

    /// <summary>Writes a question. The same question has the same bytes.</summary>
    public static byte[] Write(VerifyRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Wire.VerifyRequest);

    /// <summary>Writes an order. The same order has the same bytes.</summary>
    public static byte[] Write(SettleRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Wire.SettleRequest);

    /// <summary>Writes an answer.</summary>
    public static byte[] Write(VerifyResponse response) => JsonSerializer.SerializeToUtf8Bytes(response, WireJson.Wire.VerifyResponse);

    /// <summary>Writes an answer.</summary>
    public static byte[] Write(SettleResponse response) => JsonSerializer.SerializeToUtf8Bytes(response, WireJson.Wire.SettleResponse);

    /// <summary>Writes an answer.</summary>
    public static byte[] Write(SupportedResponse response) => JsonSerializer.SerializeToUtf8Bytes(response, WireJson.Wire.SupportedResponse);

    private static JsonElement? Parse(ReadOnlyMemory<byte> body) => WireText.TryParse(body, X402Limits.MaxBodyBytes);

    private static (PaymentPayload? Payload, PaymentRequirements? Requirements, Refusal? Refusal) ReadRequest(ReadOnlyMemory<byte> body)
    {
        if (Parse(body) is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("paymentPayload", out var paymentPayload))
            return (null, null, X402Refusals.Payload("The request is not a JSON object with paymentPayload and paymentRequirements."));
        var payload = PaymentPayloadReader.Read(paymentPayload);
        if (payload.IsRefused)
            return (null, null, payload.Refusal);
        var requirements = root.TryGetProperty("paymentRequirements", out var paymentRequirements)
            ? WireText.TryRead(paymentRequirements, WireJson.Wire.PaymentRequirements)
            : null;
        if (!WireRules.IsValid(requirements))
            return (null, null, new Refusal(X402Reasons.InvalidPaymentRequirements, "A member of the requirements is missing or not of its type."));
        // Facilitators of version 1 do not ask for the outer number; when it is there it has to be the right one.
        return payload.Value.X402Version != requirements!.X402Version || root.TryGetProperty("x402Version", out _) && WireText.VersionOf(root) != payload.Value.X402Version
            ? (null, null, X402Refusals.Version("The request, the payment and the requirements are not of one version."))
            : (payload.Value, requirements, null);
    }
}
