using System.Text.Json;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Mcp;

/// <summary>Payments and receipts in <c>_meta</c>. The specification has the payment as an object, Cloudflare's agents have it as the text of the HTTP header.</summary>
public static class McpPayments
{
    /// <summary>
    /// Reads the payment in the <c>_meta</c> of a call, in either dialect and version. Refused with <see cref="X402Reasons.PaymentRequired"/>
    /// when there is none, and with <see cref="X402Reasons.InvalidPayload"/> or <see cref="X402Reasons.InvalidX402Version"/>.
    /// </summary>
    public static Result<PaymentPayload> ReadPayment(JsonElement? meta)
    {
        if (Member(meta, McpPaymentKeys.Payment) is not { } payment)
            return X402Refusals.NoPayment;
        return PaymentPayloadReader.Read(payment.ValueKind == JsonValueKind.String
            ? Base64Json.TryDecode(TryGetText(payment))
            : WireText.TryParse(payment, X402Limits.MaxBodyBytes));
    }

    /// <summary>Writes the value of <see cref="McpPaymentKeys.Payment"/>.</summary>
    /// <param name="payload">The payment.</param>
    /// <param name="asText">Whether the seller wants text: <see cref="McpPaymentRequired.WantsText"/>.</param>
    public static JsonElement WritePayment(PaymentPayload payload, bool asText)
    {
        ArgumentNullException.ThrowIfNull(payload);
        return asText
            ? JsonSerializer.SerializeToElement(PaymentHeaders.Write(payload), WireJson.Wire.String)
            : JsonSerializer.SerializeToElement(payload, WireJson.Wire.PaymentPayload);
    }

    /// <summary>Reads the receipt in the <c>_meta</c> of a result; refused with <see cref="X402Refusals.InvalidPaymentResponse"/> when there is none that can be read.</summary>
    public static Result<SettleResponse> ReadReceipt(JsonElement? meta) =>
        Member(meta, McpPaymentKeys.PaymentResponse) is { } receipt
        && WireText.TryRead(WireText.TryParse(receipt, X402Limits.MaxBodyBytes), WireJson.Wire.SettleResponse) is { } response
            ? response
            : X402Refusals.Response;

    /// <summary>Writes the value of <see cref="McpPaymentKeys.PaymentResponse"/>.</summary>
    public static JsonElement WriteReceipt(SettleResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return JsonSerializer.SerializeToElement(response, WireJson.Wire.SettleResponse);
    }

    internal static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    // The element is of somebody else's parser, which lets "\ud800" alone pass until it is taken.
    internal static string? TryGetText(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
