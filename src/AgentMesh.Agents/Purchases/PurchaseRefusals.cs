using AgentMesh.Primitives;

namespace AgentMesh.Agents.Purchases;

/// <summary>Why purchases say no. The codes are those of <c>AgentMesh.Contracts</c>; a test holds them together.</summary>
public static class PurchaseRefusals
{
    /// <summary>The agent has no such purchase.</summary>
    public static Refusal PurchaseNotFound { get; } = new("purchase_not_found", "The agent has no such purchase.");

    /// <summary>The purchase is not the run's any more.</summary>
    public static Refusal PurchaseLost { get; } = new("purchase_lost", "Another run has the purchase, or it is over.");

    /// <summary>Too many are not over, or known by their keys.</summary>
    public static Refusal TooManyPurchases { get; } = new(
        "too_many_purchases",
        $"An agent has at most {PurchaseLimits.Open} purchases under way, and remembers the keys of {PurchaseLimits.Kept} for {PurchaseLimits.KeyLife.TotalHours:0} hours.");

    /// <summary>The key is known, the answer is not kept any more.</summary>
    public static Refusal AnswerGone { get; } = new("purchase_answer_gone", "The purchase was made, and its answer is not kept any more. Nothing is paid again under this key.");

    /// <summary>Its runs died, before anything was promised.</summary>
    public static Refusal PurchaseFailed { get; } = new("purchase_failed", "The purchase was begun several times and never came to an end. Nothing was paid.");

    /// <summary>Nothing was signed while it could still be settled.</summary>
    public static Refusal NotSigned { get; } = new("payment_not_signed", "The payment was not signed in time. Nothing was paid.");
}
