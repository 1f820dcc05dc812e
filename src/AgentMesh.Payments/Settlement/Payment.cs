using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;

namespace AgentMesh.Payments.Settlement;

/// <summary>
/// One inbound payment: <c>verified → executing → executed → settling → settled | failed | unknown</c>. State key <c>payment</c>; the
/// seller's answer stands beside it (<see cref="PaymentAnswer"/>). Every verb is safe to repeat and changes nothing when it is not allowed.
/// </summary>
/// <param name="Id">The payment id.</param>
/// <param name="Seller">The seller's agent key.</param>
/// <param name="Resource">What is paid for.</param>
/// <param name="BodyHash">Of the paid request's body.</param>
/// <param name="Fingerprint">Of the payment's bytes.</param>
/// <param name="Terms">What is paid.</param>
/// <param name="Job">What there is to do; null when the payment is over, because its text is money until then and nobody's business afterwards.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Attempt">The number of the last run, never used twice: what an older run says is refused.</param>
/// <param name="Tries">Runs since it was taken, or since it is unknown.</param>
/// <param name="LeaseUntil">Until when the last run is trusted to live; null: there is none.</param>
/// <param name="NextLook">When to look for the outcome again; null when it is not unknown.</param>
/// <param name="VerifiedAt">When a facilitator said that it is good; null: it never was, and nothing was done for it. Such a one is stored no more.</param>
/// <param name="Turn">The seller's turn that answered.</param>
/// <param name="HasAnswer">The answer is stored.</param>
/// <param name="Transaction">The hash of the transaction, as far as known.</param>
/// <param name="Reason">Why it failed or is unknown.</param>
/// <param name="Unannounced">Events that have to be published, in order.</param>
/// <param name="IsUnrecorded">The seller's agent has to be told where the payment stands.</param>
/// <param name="CreatedAt">When it was taken.</param>
/// <param name="UpdatedAt">When it last came further.</param>
internal sealed partial record Payment(
    string Id, string Seller, string Resource, string BodyHash, string Fingerprint, PaymentTerms Terms, PaymentJob? Job,
    PaymentStatus Status, int Attempt, int Tries, DateTimeOffset? LeaseUntil, DateTimeOffset? NextLook, DateTimeOffset? VerifiedAt,
    string? Turn, bool HasAnswer, string? Transaction, PaymentReason? Reason, ImmutableArray<string> Unannounced, bool IsUnrecorded,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = PaymentStateJson.PaymentVersion;

    /// <summary>True when nothing of what follows can change what the payer is told.</summary>
    [JsonIgnore]
    public bool IsOver => Status is PaymentStatus.Settled or PaymentStatus.Failed;

    /// <summary>
    /// Takes an order that is verified. A payment that is there already is found by the same purchase with the same bytes, verified or not; anything else
    /// under its id is refused. One that was never verified, as earlier versions stored them, was not used: it is as if it were not there, so that a forgery
    /// cannot spoil the payment that it copies.
    /// </summary>
    public static Result<Payment> Take(Payment? before, PaymentOrder order, DateTimeOffset now) => before switch
    {
        { VerifiedAt: not null } => before.IsOf(order) ? before : SettlementRefusals.Reused,
        _ when !order.IsVerified => SettlementRefusals.NotFound,
        _ => Create(order, now) with { Status = PaymentStatus.Verified, VerifiedAt = now, Attempt = before?.Attempt ?? 0 },
    };

    /// <summary>What is told of an order that is not good. Nobody stores it.</summary>
    public static Payment Refuse(PaymentOrder order, PaymentReason reason, DateTimeOffset now) =>
        Create(order, now) with { Status = PaymentStatus.Failed, Reason = reason };

    /// <summary>Whether somebody has to be told something.</summary>
    [JsonIgnore]
    public bool IsUntold => IsUnrecorded || !Unannounced.IsEmpty;

    /// <summary>Whether anything is left to do, now or later.</summary>
    public bool HasWork(PaymentRules rules) => IsUntold || (Status == PaymentStatus.Unknown ? Tries < rules.MaxLooks : !IsOver);

    /// <summary>When to look after the payment again; null: there is nothing left to do.</summary>
    public DateTimeOffset? NextWork(PaymentRules rules, DateTimeOffset now) => HasWork(rules) ? LeaseUntil ?? (IsUntold ? now : NextLook ?? now) : null;

    /// <summary>Whether an unknown payment is to be looked for. A run that only tells is no look.</summary>
    public bool IsLookDue(DateTimeOffset now) => !(NextLook > now);

    /// <summary>Begins a run when one is due: there is something to do, and the last run is not heard of any more.</summary>
    /// <returns>The payment itself when none is due.</returns>
    public Payment Begin(PaymentRules rules, DateTimeOffset now)
    {
        if (!HasWork(rules) || LeaseUntil > now || !IsUntold && !IsLookDue(now))
            return this;
        if (!IsOver && Status != PaymentStatus.Unknown && Tries >= rules.MaxAttempts)
            return GiveUp(now).Begin(rules, now);
        // A run that has only to tell uses up no look.
        return this with { Attempt = Attempt + 1, Tries = IsLookDue(now) ? Tries + 1 : Tries, LeaseUntil = now + rules.Lease };
    }

    /// <summary>
    /// The payer, or an operator, asks for an unknown payment that is not looked for any more: it is looked for once more.
    /// </summary>
    public Payment LookAgain(PaymentRules rules) =>
        Status == PaymentStatus.Unknown && Tries >= rules.MaxLooks ? this with { Tries = rules.MaxLooks - 1 } : this;

    private static Payment Create(PaymentOrder order, DateTimeOffset now) => new(
        order.PaymentId, order.Seller, order.Resource, order.BodyHash, order.Fingerprint, order.Terms, order.Job,
        default, 0, 0, null, null, null, null, false, null, null, [], false, now, now);

    private bool IsOf(PaymentOrder order) =>
        order.Fingerprint == Fingerprint && order.Seller == Seller && order.Resource == Resource && order.BodyHash == BodyHash;

    // What no run came to the end of may have been settled, which the claim knows.
    private Payment GiveUp(DateTimeOffset now) =>
        BecomeUnknown(PaymentReason.Create(PaymentRefusals.PaymentUnknown, "The work on the payment did not come to an end."), null, now);
}
