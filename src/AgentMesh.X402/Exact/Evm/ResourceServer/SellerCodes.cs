namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>
/// Why a seller does not answer with what was bought, beside the reasons of the wire. In order of precedence; the words of the app <c>payments</c>
/// where it has the same case. Documented in <c>docs/refusals.md</c>.
/// </summary>
public static class SellerCodes
{
    /// <summary>The payment was used for something else, or is another one under the same nonce.</summary>
    public const string PaymentReused = "payment_reused";

    /// <summary>The facilitator could not be asked whether the payment is good. Nothing was done; the same payment can be sent again.</summary>
    public const string FacilitatorUnavailable = "facilitator_unavailable";

    /// <summary>As many payments are remembered as fit. Nothing was done; the same payment can be sent again.</summary>
    public const string TooManyPayments = "too_many_payments";

    /// <summary>The work failed. Nothing was charged.</summary>
    public const string ExecutionFailed = "execution_failed";

    /// <summary>The answer is larger than what is kept of one until it is paid for. Nothing was charged.</summary>
    public const string AnswerTooLarge = "answer_too_large";

    /// <summary>There was no answer while the payment could be settled. Nothing was charged.</summary>
    public const string ExecutionTimedOut = "execution_timed_out";

    /// <summary>The order to settle was never given. Nothing was charged.</summary>
    public const string PaymentNotSettled = "payment_not_settled";

    /// <summary>Whether the money has moved is not known. The same payment, and no other, is to be sent again.</summary>
    public const string PaymentUnknown = "payment_unknown";

    /// <summary>The payment is under way for longer than the request waits.</summary>
    public const string PaymentPending = "payment_pending";

    /// <summary>The authorization has expired without having been executed. Nothing was charged.</summary>
    public const string AuthorizationExpired = "authorization_expired";

    /// <summary>The payer has canceled the authorization. Nothing was charged.</summary>
    public const string AuthorizationCanceled = "authorization_canceled";

    /// <summary>The payment was answered, and its answer is not kept any more.</summary>
    public const string AnswerForgotten = "answer_forgotten";
}
