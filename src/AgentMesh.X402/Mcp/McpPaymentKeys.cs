namespace AgentMesh.X402.Mcp;

/// <summary>Members of <c>_meta</c>.</summary>
public static class McpPaymentKeys
{
    /// <summary>In the parameters of a call: the payment.</summary>
    public const string Payment = "x402/payment";

    /// <summary>In a result: the receipt.</summary>
    public const string PaymentResponse = "x402/payment-response";

    /// <summary>In a result that is an error: the terms, in the dialect of Cloudflare's agents.</summary>
    public const string Error = "x402/error";
}
