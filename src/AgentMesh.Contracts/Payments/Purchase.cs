using System.Text.Json.Serialization;

namespace AgentMesh.Contracts.Payments;

/// <summary>
/// <c>POST /payments</c> of the app <c>payments</c>, by the gateway: a paid request. The offer is made anew by the gateway for every request;
/// the payment is compared with it and with nothing that a client wrote.
/// </summary>
/// <param name="Seller">Who is to work, an <c>AgentKey</c>.</param>
/// <param name="Resource">What is paid for.</param>
/// <param name="BodyHash">SHA-256 of the body of the paid request, 64 lower case hex digits.</param>
/// <param name="Content">The message to the seller, or the arguments of its tool as a JSON object; 1 to 65,536 bytes of UTF-8.</param>
/// <param name="SessionId">The seller's session; null: the default one, of a tool's call one of those for paid calls.</param>
/// <param name="PaymentSignature">The text of the header <c>PAYMENT-SIGNATURE</c>; null: there was none.</param>
/// <param name="XPayment">The text of the header <c>X-PAYMENT</c>; null: there was none.</param>
/// <param name="Options">The ways to pay, 1 to 16.</param>
/// <param name="WaitSeconds">How long the answer may take; null: as long as the app waits. At most that.</param>
/// <param name="Tool">The seller's tool that is paid for; null: the message is.</param>
public sealed record Purchase(
    string Seller, PurchaseResource Resource, string BodyHash, string Content, string? SessionId, string? PaymentSignature, string? XPayment,
    IReadOnlyList<PurchaseOption> Options, int? WaitSeconds = null, string? Tool = null);

/// <summary>What is paid for.</summary>
/// <param name="Url">The canonical one: payments are compared with it.</param>
/// <param name="Description">For people.</param>
/// <param name="MimeType">Of the answer.</param>
public sealed record PurchaseResource(string Url, string? Description = null, string? MimeType = null);

/// <summary>One way to pay.</summary>
/// <param name="Network">CAIP-2.</param>
/// <param name="Asset">The token's address, of a known token.</param>
/// <param name="AmountAtomic">Atomic units, decimal digits.</param>
/// <param name="PayTo">Who gets it.</param>
/// <param name="MaxTimeoutSeconds">Seconds that the payment may take.</param>
public sealed record PurchaseOption(string Network, string Asset, string AmountAtomic, string PayTo, int MaxTimeoutSeconds);

/// <summary>
/// What became of a purchase. <c>settled</c>: the answer may be given. <c>failed</c>: nothing is charged, and a 402 may ask anew. <c>unknown</c>, and
/// any other state after the time to wait: never ask anew; the same payment finds the outcome.
/// </summary>
/// <param name="State">One of <see cref="PaymentStates"/>.</param>
/// <param name="PaymentId">The payment; null when it could not be read.</param>
/// <param name="Answer">The seller's answer, when settled.</param>
/// <param name="Turn">The seller's turn that answered.</param>
/// <param name="PaymentResponse">The receipt, as the text of its header; null while there is none.</param>
/// <param name="PaymentResponseHeader">The header that it belongs into.</param>
/// <param name="Reason">Why it failed, is unknown or not over: a code, of x402 where it has one.</param>
/// <param name="Detail">Why, safe to show.</param>
/// <param name="RetryAfterSeconds">When to send the same again; null: that would change nothing.</param>
public sealed record PurchaseOutcome(
    string State, string? PaymentId, string? Answer = null, string? Turn = null, string? PaymentResponse = null, string? PaymentResponseHeader = null,
    string? Reason = null, string? Detail = null, int? RetryAfterSeconds = null)
{
    /// <summary>True when it stays as it is.</summary>
    [JsonIgnore]
    public bool IsOver => State is PaymentStates.Settled or PaymentStates.Failed;
}
