namespace AgentMesh.Contracts.Payments;

/// <summary>
/// Refusal codes of payments, in order of precedence; beside them stand the reasons of x402 and the codes of the seller. Documented in
/// <c>docs/refusals.md</c>.
/// </summary>
public static class PaymentRefusals
{
    /// <summary>The payment's stored state cannot be read; nothing is done until an operator has looked.</summary>
    public const string PaymentQuarantined = "payment_quarantined";

    /// <summary>No payment of that id was taken.</summary>
    public const string PaymentNotFound = "payment_not_found";

    /// <summary>The purchase is no purchase: a member is missing or not of its kind.</summary>
    public const string InvalidPurchase = "invalid_purchase";

    /// <summary>The payment's identifier is outside its grammar.</summary>
    public const string InvalidPaymentIdentifier = "invalid_payment_identifier";

    /// <summary>The payer gave the payment's identifier to another request before.</summary>
    public const string PaymentIdentifierReused = "payment_identifier_reused";

    /// <summary>Another payment with the same identifier, for the same request, is or was worked on. Nothing was charged for this one.</summary>
    public const string PaymentSuperseded = "payment_superseded";

    /// <summary>The payment was used for something else, or is another one under the same nonce.</summary>
    public const string PaymentReused = "payment_reused";

    /// <summary>The facilitator could not be asked whether the payment is good. Nothing was done; the same payment can be sent again.</summary>
    public const string FacilitatorUnavailable = "facilitator_unavailable";

    /// <summary>Whether the money has moved is not known yet. The same payment, and no other, is to be sent again.</summary>
    public const string PaymentUnknown = "payment_unknown";

    /// <summary>The payment is under way for longer than the request waits.</summary>
    public const string PaymentPending = "payment_pending";

    /// <summary>The seller had no answer while the payment could be settled. Nothing was charged.</summary>
    public const string ExecutionTimedOut = "execution_timed_out";

    /// <summary>The order to settle was never given. Nothing was charged.</summary>
    public const string PaymentNotSettled = "payment_not_settled";

    /// <summary>The authorization has expired without having been executed. Nothing was charged.</summary>
    public const string AuthorizationExpired = "authorization_expired";

    /// <summary>The payer has canceled the authorization. Nothing was charged.</summary>
    public const string AuthorizationCanceled = "authorization_canceled";
}
