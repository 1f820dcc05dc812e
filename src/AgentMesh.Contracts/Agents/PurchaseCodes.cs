namespace AgentMesh.Contracts.Agents;

/// <summary>Refusal codes of what an agent buys, in order of precedence. Documented in <c>docs/refusals.md</c>.</summary>
public static class PurchaseCodes
{
    /// <summary>The agent has no such purchase.</summary>
    public const string PurchaseNotFound = "purchase_not_found";

    /// <summary>Another run has the purchase. Of runs only.</summary>
    public const string PurchaseLost = "purchase_lost";

    /// <summary>More purchases than the agent has at a time, or remembers.</summary>
    public const string TooManyPurchases = "too_many_purchases";

    /// <summary>What is asked for may not be called: it is no URL of http, or not on the public internet.</summary>
    public const string UrlNotAllowed = "url_not_allowed";

    /// <summary>The server was not reached. Nothing was paid.</summary>
    public const string UrlUnreachable = "url_unreachable";

    /// <summary>The server took too long. Nothing was paid.</summary>
    public const string UrlTimedOut = "url_timed_out";

    /// <summary>The server's answer is too long, or none of HTTP. Nothing was paid.</summary>
    public const string UrlAnswerUnusable = "url_answer_unusable";

    /// <summary>The server wants a payment that cannot be made. Nothing was paid.</summary>
    public const string PaymentNotPossible = "payment_not_possible";

    /// <summary>Nothing was signed while it could be settled. Nothing was paid.</summary>
    public const string PaymentNotSigned = "payment_not_signed";

    /// <summary>The money has moved, and the server gave no answer.</summary>
    public const string PaidWithoutAnswer = "paid_without_answer";

    /// <summary>The purchase has no outcome for longer than the request waits.</summary>
    public const string PurchasePending = "purchase_pending";

    /// <summary>The purchase was made before under this key, and its answer is not kept any more.</summary>
    public const string PurchaseAnswerGone = "purchase_answer_gone";

    /// <summary>The purchase was begun several times and never came to an end. Nothing was paid.</summary>
    public const string PurchaseFailed = "purchase_failed";
}
