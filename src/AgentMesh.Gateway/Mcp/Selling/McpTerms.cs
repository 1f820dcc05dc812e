using System.Text.Json.Nodes;
using AgentMesh.Contracts.Payments;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Mcp;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Selling;

/// <summary>Terms and receipts in results (x402, transports-v2/mcp).</summary>
internal static class McpTerms
{
    /// <summary>
    /// Asks to be paid: the same terms as text, as structured content for clients that know it, and in <c>_meta["x402/error"]</c>, where Cloudflare's
    /// agents look.
    /// </summary>
    /// <param name="offer">The terms.</param>
    /// <param name="error">Why nothing is served: a code.</param>
    /// <param name="revision">The client's.</param>
    public static CallToolResult Ask(PaymentOffer offer, string error, string? revision)
    {
        var (structured, text) = McpPaymentRequired.Write(offer.ToPaymentRequiredV2(error));
        var result = McpResults.Text(text);
        result.IsError = true;
        result.Meta = new JsonObject { [McpPaymentKeys.Error] = JsonObject.Create(structured) };
        if (McpRevisions.HasStructuredContent(revision))
            result.StructuredContent = structured;
        return result;
    }

    /// <summary>Adds the receipt of an outcome, if it has one.</summary>
    public static CallToolResult WithReceipt(CallToolResult result, PurchaseOutcome outcome)
    {
        var receipt = PaymentHeaders.ReadResponse(outcome.PaymentResponse);
        if (!receipt.IsRefused)
            (result.Meta ??= [])[McpPaymentKeys.PaymentResponse] = JsonObject.Create(McpPayments.WriteReceipt(receipt.Value));
        return result;
    }
}
