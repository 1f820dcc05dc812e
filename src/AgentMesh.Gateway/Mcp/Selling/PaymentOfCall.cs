using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.X402.AspNetCore;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Mcp;
using AgentMesh.X402.Wire;

namespace AgentMesh.Gateway.Mcp.Selling;

/// <summary>The payment that came with a call, as the texts of the headers of HTTP, which the app <c>payments</c> reads.</summary>
/// <param name="PaymentSignature">Of version 2; null: it is of version 1.</param>
/// <param name="XPayment">Of version 1; null: it is of version 2.</param>
internal sealed record PaymentOfCall(string? PaymentSignature, string? XPayment)
{
    /// <summary>
    /// Reads it: of <c>_meta["x402/payment"]</c>, as an object (the specification) or as text (Cloudflare's agents), else of the headers of the request
    /// (Cloudflare's too). Refused as <see cref="McpPayments.ReadPayment"/> says.
    /// </summary>
    public static Result<PaymentOfCall> Read(JsonObject? meta, HttpRequest request)
    {
        if (meta?[McpPaymentKeys.Payment] is null)
            return ReadHeaders(request);
        var payment = McpPayments.ReadPayment(JsonSerializer.SerializeToElement(meta, GatewayJson.Answers.JsonObject));
        if (payment.IsRefused)
            return payment.Refusal;
        var text = PaymentHeaders.Write(payment.Value);
        return payment.Value.X402Version == X402Version.V2 ? new PaymentOfCall(text, null) : new PaymentOfCall(null, text);
    }

    // The app reads them as it reads those of HTTP, and says what is wrong with them.
    private static Result<PaymentOfCall> ReadHeaders(HttpRequest request)
    {
        var headers = new PaymentOfCall(PaymentHttp.Read(request, PaymentHeaderNames.PaymentSignature), PaymentHttp.Read(request, PaymentHeaderNames.XPayment));
        return headers is { PaymentSignature: null, XPayment: null }
            ? new Refusal(X402Reasons.PaymentRequired, "The call has no payment.")
            : headers;
    }
}
