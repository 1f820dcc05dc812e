using System.Text;
using System.Text.Json;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Mcp;

/// <summary>The terms in the result of a call that was not paid (<c>isError: true</c>), or was paid and not settled.</summary>
/// <param name="Terms">How to pay.</param>
/// <param name="WantsText">Whether the seller's dialect has payments as text: it asked in <c>_meta</c> and not in <c>structuredContent</c>.</param>
public sealed record McpPaymentRequired(PaymentRequired Terms, bool WantsText)
{
    /// <summary>
    /// Reads a result, in the order of the specification: <c>structuredContent</c>, then <c>_meta["x402/error"]</c>, then the text of
    /// <c>content[0]</c>. Refused with <see cref="X402Refusals.InvalidPaymentRequired"/> when it does not ask to be paid.
    /// </summary>
    public static Result<McpPaymentRequired> Read(JsonElement result)
    {
        if (McpPayments.Member(result, "isError") is not { ValueKind: JsonValueKind.True })
            return X402Refusals.Required;
        if (TryRead(McpPayments.Member(result, "structuredContent")) is { } structured)
            return new McpPaymentRequired(structured, WantsText: false);
        if (TryRead(McpPayments.Member(McpPayments.Member(result, "_meta"), McpPaymentKeys.Error)) is { } inMeta)
            return new McpPaymentRequired(inMeta, WantsText: true);
        return McpPayments.Member(result, "content") is { ValueKind: JsonValueKind.Array } content
            && content.GetArrayLength() > 0
            && McpPayments.Member(content[0], "text") is { } text
            && McpPayments.TryGetText(text) is { Length: <= X402Limits.MaxBodyBytes } json
            && PaymentRequiredReader.Read(WireText.TryParse(Encoding.UTF8.GetBytes(json), X402Limits.MaxBodyBytes)) is { IsRefused: false } read
                ? new McpPaymentRequired(read.Value, WantsText: false)
                : X402Refusals.Required;
    }

    /// <summary>
    /// Writes terms for clients of both dialects: the object goes into <c>structuredContent</c> and <c>_meta["x402/error"]</c>, the text into
    /// <c>content[0].text</c>. Leave out <c>structuredContent</c> of a tool that has an <c>outputSchema</c>: clients hold errors against it too.
    /// </summary>
    public static (JsonElement Structured, string Text) Write(PaymentRequired terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var structured = terms is PaymentRequiredV1 v1
            ? JsonSerializer.SerializeToElement(v1, WireJson.Wire.PaymentRequiredV1)
            : JsonSerializer.SerializeToElement((PaymentRequiredV2)terms, WireJson.Wire.PaymentRequiredV2);
        return (structured, structured.GetRawText());
    }

    private static PaymentRequired? TryRead(JsonElement? element) =>
        element is { } terms && PaymentRequiredReader.Read(WireText.TryParse(terms, X402Limits.MaxBodyBytes)) is { IsRefused: false } read ? read.Value : null;
}
