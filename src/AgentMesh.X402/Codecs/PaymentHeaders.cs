using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Codecs;

/// <summary>Payments and receipts in HTTP headers: <c>PAYMENT-SIGNATURE</c> and <c>PAYMENT-RESPONSE</c> of version 2, <c>X-PAYMENT</c> and <c>X-PAYMENT-RESPONSE</c> of version 1.</summary>
public static class PaymentHeaders
{
    /// <summary>
    /// Reads the payment of a request, from the text of its two headers. Without either it is refused with
    /// <see cref="X402Reasons.PaymentRequired"/>; with a payment of the other version, with <see cref="X402Reasons.InvalidX402Version"/>;
    /// with both headers, or anything else in one, with <see cref="X402Reasons.InvalidPayload"/>.
    /// </summary>
    public static Result<PaymentPayload> ReadPayment(string? paymentSignature, string? xPayment)
    {
        if (string.IsNullOrEmpty(paymentSignature) && string.IsNullOrEmpty(xPayment))
            return X402Refusals.NoPayment;
        if (!string.IsNullOrEmpty(paymentSignature) && !string.IsNullOrEmpty(xPayment))
            return X402Refusals.Payload($"{PaymentHeaderNames.PaymentSignature} and {PaymentHeaderNames.XPayment} are both there: which one is to be settled?");
        var isV2 = !string.IsNullOrEmpty(paymentSignature);
        var name = isV2 ? PaymentHeaderNames.PaymentSignature : PaymentHeaderNames.XPayment;
        if (Base64Json.TryDecode(isV2 ? paymentSignature : xPayment) is not { } element)
            return X402Refusals.Payload($"{name} is not JSON in padded base64, or too long.");
        var payload = PaymentPayloadReader.Read(element);
        return payload.IsRefused || payload.Value.X402Version == (isV2 ? X402Version.V2 : X402Version.V1)
            ? payload
            : X402Refusals.Version($"A payment of version {payload.Value.X402Version} does not belong into {name}.");
    }

    /// <summary>The header that a payment belongs into.</summary>
    public static string NameOf(PaymentPayload payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        return payload.X402Version == X402Version.V2 ? PaymentHeaderNames.PaymentSignature : PaymentHeaderNames.XPayment;
    }

    /// <summary>Writes a payment; keep the text to send the same bytes again.</summary>
    public static string Write(PaymentPayload payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        return Base64Json.Encode(payload, WireJson.Wire.PaymentPayload);
    }

    /// <summary>The header that a receipt belongs into.</summary>
    public static string ResponseNameOf(int x402Version) =>
        x402Version == X402Version.V2 ? PaymentHeaderNames.PaymentResponse : PaymentHeaderNames.XPaymentResponse;

    /// <summary>Writes a receipt. Both versions have the same; the network is written as the version of the payment does.</summary>
    public static string Write(SettleResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Base64Json.Encode(response, WireJson.Wire.SettleResponse);
    }

    /// <summary>Reads the receipt in either header; refused with <see cref="X402Refusals.InvalidPaymentResponse"/>.</summary>
    public static Result<SettleResponse> ReadResponse(string? text) =>
        WireText.TryRead(Base64Json.TryDecode(text), WireJson.Wire.SettleResponse) is { } response ? response : X402Refusals.Response;
}
