using AgentMesh.Primitives;

namespace AgentMesh.Agents.Purchases;

/// <summary>
/// What becomes of a purchase. Each verb is safe to repeat: a step that was taken is not taken again, and what is over stays. Nothing is signed but
/// what was authorized, and that once: there is no way back from <see cref="PurchaseState.Sending"/>.
/// </summary>
public static class PurchaseSteps
{
    private static readonly PurchaseReason NoReceipt = new("payment_unknown", "The server answered without a receipt.");

    /// <summary>A run that is due: the one before it has said nothing for too long, or asked for it.</summary>
    /// <returns>The same when none is due.</returns>
    public static StoredPurchase Resume(this StoredPurchase purchase, DateTimeOffset now)
    {
        if (!(purchase.Due <= now))
            return purchase;
        return purchase.State switch
        {
            PurchaseState.Open when purchase.Attempt >= PurchaseLimits.OpenAttempts => purchase.End(PurchaseState.Refused, ToReason(PurchaseRefusals.PurchaseFailed), now),
            // Nobody has it, so nobody can execute it, whatever time is left.
            PurchaseState.Authorized when !CanSettle(purchase, now) => purchase.End(PurchaseState.Failed, ToReason(PurchaseRefusals.NotSigned), now),
#if PLANTED_BUGS
            PurchaseState.Sending or PurchaseState.Unknown when PlantedBugs.Is("paid_again") =>
                purchase with { State = PurchaseState.Open, Terms = null, Payment = null, Attempt = purchase.Attempt + 1, Due = now + PurchaseLimits.Lease },
#endif
            _ => purchase with { Attempt = purchase.Attempt + 1, Due = now + PurchaseLimits.Lease },
        };
    }

    /// <summary>Whether a run may speak of it.</summary>
    public static Refusal? Check(this StoredPurchase purchase, int attempt) =>
        purchase.Attempt == attempt && purchase.Due is not null ? null : PurchaseRefusals.PurchaseLost;

    /// <summary>The seller's terms are agreed on, and the money is set aside in the same transaction.</summary>
    public static StoredPurchase Authorize(this StoredPurchase purchase, PurchaseTerms terms, DateTimeOffset now) => purchase.State == PurchaseState.Open
        ? purchase with { State = PurchaseState.Authorized, Terms = terms, Due = now + PurchaseLimits.Lease, UpdatedAt = now }
        : purchase;

    /// <summary>Nothing is bought: what was asked for cannot be called, or its terms are not agreed on.</summary>
    public static StoredPurchase Refuse(this StoredPurchase purchase, PurchaseReason reason, DateTimeOffset now) =>
        purchase.State == PurchaseState.Open ? purchase.End(PurchaseState.Refused, reason, now) : purchase;

    /// <summary>The payment is signed. It is stored before it is sent.</summary>
    /// <returns>Failed when it could not be settled in the time that is left.</returns>
    public static StoredPurchase Sign(this StoredPurchase purchase, PurchasePayment payment, DateTimeOffset now)
    {
        if (purchase.State != PurchaseState.Authorized)
            return purchase;
        return CanSettle(purchase, now)
            ? purchase with { State = PurchaseState.Sending, Payment = payment, Due = now + PurchaseLimits.Lease, UpdatedAt = now }
            : purchase.End(PurchaseState.Failed, ToReason(PurchaseRefusals.NotSigned), now);
    }

    /// <summary>It was not signed yet, by who holds the key.</summary>
    public static StoredPurchase Wait(this StoredPurchase purchase, PurchaseReason reason, DateTimeOffset now) => purchase.State == PurchaseState.Authorized
        ? purchase with { Reason = reason, Due = now + PurchaseLimits.FirstPause, UpdatedAt = now }
        : purchase;

    /// <summary>What was agreed on cannot be made a payment of. Nobody has one, so the money is free again.</summary>
    public static StoredPurchase Abandon(this StoredPurchase purchase, PurchaseReason reason, DateTimeOffset now) =>
        purchase.State == PurchaseState.Authorized ? purchase.End(PurchaseState.Failed, reason, now) : purchase;

    /// <summary>The server has answered.</summary>
    /// <param name="purchase">The purchase.</param>
    /// <param name="answer">What.</param>
    /// <param name="receipt">What it says of the payment; null: nothing.</param>
    /// <param name="now">The time.</param>
    public static StoredPurchase Take(this StoredPurchase purchase, PurchaseAnswer answer, PurchaseReceipt? receipt, DateTimeOffset now) => purchase.State switch
    {
        PurchaseState.Open => purchase.End(PurchaseState.Free, null, now) with { Answer = answer },
        PurchaseState.Sending or PurchaseState.Unknown when receipt is { IsSettled: true } =>
            purchase.End(PurchaseState.Settled, null, now) with { Answer = answer, Transaction = receipt.Transaction ?? purchase.Transaction },
        PurchaseState.Sending or PurchaseState.Unknown => purchase.Leave(NoReceipt, null, now) with { Answer = purchase.Answer ?? answer },
        _ => purchase,
    };

    /// <summary>The payment was sent, and there is no answer that could be given out.</summary>
    /// <param name="purchase">The purchase.</param>
    /// <param name="reason">Why.</param>
    /// <param name="retryAfter">How long the server asks to wait; null: it does not say.</param>
    /// <param name="now">The time.</param>
    public static StoredPurchase Miss(this StoredPurchase purchase, PurchaseReason reason, TimeSpan? retryAfter, DateTimeOffset now) =>
        purchase.State is PurchaseState.Sending or PurchaseState.Unknown ? purchase.Leave(reason, retryAfter, now) : purchase;

    /// <summary>The payment was answered with other terms. Nothing more is signed or sent; the payment can still be executed.</summary>
    public static StoredPurchase TurnAway(this StoredPurchase purchase, PurchaseReason reason, DateTimeOffset now) =>
        purchase.State is PurchaseState.Sending or PurchaseState.Unknown ? purchase.Leave(reason, null, now) with { IsTurnedAway = true } : purchase;

    /// <summary>The chain was asked.</summary>
    public static StoredPurchase Look(this StoredPurchase purchase, PurchaseLook look, DateTimeOffset now)
    {
        if (purchase.State is not (PurchaseState.Sending or PurchaseState.Unknown))
            return purchase;
        return look.Outcome switch
        {
            PurchaseOutcome.Settled => purchase.End(PurchaseState.Settled, null, now) with { Transaction = look.Transaction ?? purchase.Transaction },
            PurchaseOutcome.Failed => purchase.End(PurchaseState.Failed, look.Reason, now),
            // Who sends it says what came of that.
            _ when purchase.State == PurchaseState.Sending => purchase,
            _ when NextLook(purchase, look.CanBeKnown, now) is { } next => purchase with { Due = next, UpdatedAt = now },
            // Nobody looks any more, and it counts as paid.
            _ => purchase.End(PurchaseState.Unknown, look.Reason ?? purchase.Reason, now),
        };
    }

    /// <summary>Whether the payment is to be sent again before the chain is asked.</summary>
    public static bool IsToBeSent(this StoredPurchase purchase) =>
        purchase.State == PurchaseState.Sending || purchase is { State: PurchaseState.Unknown, Answer: null, IsTurnedAway: false, Sends: < PurchaseLimits.Sends };

    private static StoredPurchase Leave(this StoredPurchase purchase, PurchaseReason reason, TimeSpan? retryAfter, DateTimeOffset now)
    {
        var sends = Math.Min(purchase.Sends + 1, PurchaseLimits.Sends);
        var pause = PauseAfter(sends);
        if (retryAfter > pause)
            pause = retryAfter.Value < PurchaseLimits.LongestPause ? retryAfter.Value : PurchaseLimits.LongestPause;
        return purchase with { State = PurchaseState.Unknown, Sends = sends, Reason = reason, Due = now + pause, UpdatedAt = now };
    }

    /// <summary>The text of the payment is money only until it is over, and what the seller wrote is of no use then.</summary>
    private static StoredPurchase End(this StoredPurchase purchase, PurchaseState state, PurchaseReason? reason, DateTimeOffset now) => purchase with
    {
        State = state,
        Due = null,
        Payment = null,
        Terms = purchase.Terms is { } terms ? terms with { RequiredHeader = null, RequiredBody = null } : null,
        Reason = reason,
        UpdatedAt = now,
    };

    /// <returns>Null: nobody looks any more, and it counts as paid.</returns>
    private static DateTimeOffset? NextLook(StoredPurchase purchase, bool canBeKnown, DateTimeOffset now)
    {
        var expired = purchase.Terms!.ValidBefore + PurchaseLimits.ExpirySlack;
        if (purchase.IsToBeSent())
            return now + PauseAfter(purchase.Sends);
        if (!canBeKnown)
            return now < expired ? expired : null;
        if (now >= expired + PurchaseLimits.LookLife)
            return null;
        return now + PauseAfter(Math.Max(purchase.Sends, PurchaseLimits.Sends - 2));
    }

    private static TimeSpan PauseAfter(int sends)
    {
        var pause = PurchaseLimits.FirstPause * Math.Pow(2, Math.Max(0, sends - 1));
        return pause < PurchaseLimits.LongestPause ? pause : PurchaseLimits.LongestPause;
    }

    private static bool CanSettle(StoredPurchase purchase, DateTimeOffset now) => now + PurchaseLimits.LeastValidity <= purchase.Terms!.ValidBefore;

    private static PurchaseReason ToReason(Refusal refusal) => new(refusal.Code, refusal.Detail);
}

/// <summary>What a server says of a payment.</summary>
/// <param name="IsSettled">The money has moved.</param>
/// <param name="Transaction">The hash of the transaction; null: not said.</param>
public sealed record PurchaseReceipt(bool IsSettled, string? Transaction);

/// <summary>What the chain says of a payment.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="CanBeKnown">Asking again may say more.</param>
/// <param name="Transaction">The hash of the transaction.</param>
/// <param name="Reason">Why it has failed.</param>
public sealed record PurchaseLook(PurchaseOutcome Outcome, bool CanBeKnown, string? Transaction, PurchaseReason? Reason);

/// <summary>What became of a payment, as far as a look says.</summary>
public enum PurchaseOutcome
{
    /// <summary>It is not known yet.</summary>
    Unknown,

    /// <summary>The money has moved.</summary>
    Settled,

    /// <summary>The money has not moved and cannot any more.</summary>
    Failed,
}
