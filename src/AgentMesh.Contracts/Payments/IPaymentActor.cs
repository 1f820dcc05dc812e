using Dapr.Actors;

namespace AgentMesh.Contracts.Payments;

/// <summary>
/// One inbound payment. Actor type <see cref="PaymentActorType.Name"/>, actor id = payment id: 64 lower case hex digits, a hash of chain, token,
/// payer and nonce. Called weakly typed, as <c>IAgentActor</c> is, by the payments app only. No method calls out: verifying is its caller's; the seller's work
/// and settling are a run's, outside of the actor's turns, which reports each step with the number of its attempt.
/// </summary>
public interface IPaymentActor : IActor
{
    /// <summary>
    /// Takes a payment that is verified. The same payment for the same purchase, verified or not, finds what became of it; anything else under the same id
    /// is refused with <see cref="PaymentRefusals.PaymentReused"/>, and one that is not verified and was never taken with <see cref="PaymentRefusals.PaymentNotFound"/>.
    /// </summary>
    Task<Reply<PaymentInfo>> Receive(PaymentOrder request, CancellationToken cancellationToken);

    /// <summary>Reads where the payment stands; refused with <see cref="PaymentRefusals.PaymentNotFound"/> when it was never taken.</summary>
    Task<Reply<PaymentInfo>> GetStatus(CancellationToken cancellationToken);

    /// <summary>What a run has to do; refused with <c>payment_lost</c> when another has the payment.</summary>
    Task<Reply<PaymentWork>> GetWork(PaymentRunId request, CancellationToken cancellationToken);

    /// <summary>A run has done a step. A repeat changes nothing. Refused with <c>payment_lost</c>: then the run ends.</summary>
    Task<Reply<PaymentWork>> Report(PaymentReport request, CancellationToken cancellationToken);

    /// <summary>
    /// Does what the reminder's tick does, and has a reminder registered whatever the payment believes of it. For the sweep, which finds payments that
    /// nothing else has woken.
    /// </summary>
    Task<Reply<PaymentOutlook>> LookAfter(CancellationToken cancellationToken);
}

/// <summary>The name under which <see cref="IPaymentActor"/> is hosted.</summary>
public static class PaymentActorType
{
    /// <summary>The Dapr actor type.</summary>
    public const string Name = "PaymentActor";
}

/// <summary>One run of the work on a payment.</summary>
/// <param name="Attempt">Which run, from 1.</param>
public sealed record PaymentRunId(int Attempt);

/// <summary>A payment and what it is for. All of it was compared with the seller's offer before.</summary>
/// <param name="PaymentId">The actor id.</param>
/// <param name="Seller">Who is paid for work, an <c>AgentKey</c>.</param>
/// <param name="Resource">What is paid for, the canonical URL.</param>
/// <param name="BodyHash">SHA-256 of the body of the paid request, 64 lower case hex digits.</param>
/// <param name="Fingerprint">Of the payment's decoded bytes, 64 lower case hex digits.</param>
/// <param name="Terms">What is paid.</param>
/// <param name="Job">What there is to do with it.</param>
/// <param name="IsVerified">The facilitator says that the payment is good.</param>
public sealed record PaymentOrder(
    string PaymentId, string Seller, string Resource, string BodyHash, string Fingerprint, PaymentTerms Terms, PaymentJob Job, bool IsVerified = false);

/// <summary>What is paid, as the authorization and the seller's requirement say alike.</summary>
/// <param name="Network">CAIP-2.</param>
/// <param name="Asset">The token's address.</param>
/// <param name="AmountAtomic">Atomic units, decimal digits.</param>
/// <param name="PayTo">Who gets it.</param>
/// <param name="Payer">Who pays.</param>
/// <param name="Nonce">The authorization's, 0x and 64 hex digits.</param>
/// <param name="ValidBefore">When nobody can execute the authorization any more.</param>
/// <param name="X402Version">1 or 2.</param>
/// <param name="WireNetwork">The network as that version writes it.</param>
public sealed record PaymentTerms(
    string Network, string Asset, string AmountAtomic, string PayTo, string Payer, string Nonce, DateTimeOffset ValidBefore, int X402Version, string WireNetwork);

/// <summary>What a run needs. Kept only until the payment is over: the payment's text is money until then.</summary>
/// <param name="FacilitatorRequest">The question and the order to the facilitator, which are the same JSON: the payment, and the seller's own requirement.</param>
/// <param name="Content">The message to the seller, or the arguments of its tool.</param>
/// <param name="SessionId">The seller's session; null: the default one, of a tool's call one of those for paid calls.</param>
/// <param name="Tool">The seller's tool; null: a message.</param>
/// <param name="Intent">What the payer's identifier makes of several payments for one thing one of; null: it gave none.</param>
public sealed record PaymentJob(string FacilitatorRequest, string Content, string? SessionId, string? Tool = null, PaymentIntent? Intent = null);

/// <summary>What a payer wants, by the name that it gave it (extension <c>payment-identifier</c>).</summary>
/// <param name="Key">A hash of chain, seller, payer and identifier, 64 lower case hex digits.</param>
/// <param name="Request">A hash of what is asked for, 64 lower case hex digits: resource and body.</param>
public sealed record PaymentIntent(string Key, string Request);

/// <summary>Where a payment stands, for a run.</summary>
/// <param name="Info">Without the answer's text.</param>
/// <param name="Seller">The seller's actor id.</param>
/// <param name="Terms">What is paid.</param>
/// <param name="Job">What there is to do; null when the payment is over.</param>
/// <param name="HasAnswer">The seller's answer is stored.</param>
/// <param name="Unannounced">The first event that has to be published; null: none.</param>
/// <param name="IsUnrecorded">The seller's agent has to be told where the payment stands.</param>
/// <param name="IsLookDue">Of an unknown payment: now is the time to look for it.</param>
public sealed record PaymentWork(
    PaymentInfo Info, string Seller, PaymentTerms Terms, PaymentJob? Job, bool HasAnswer, string? Unannounced, bool IsUnrecorded = false, bool IsLookDue = true);

/// <summary>When a payment has something to do.</summary>
/// <param name="Next">When to look after it again; null: there is nothing left to do.</param>
public sealed record PaymentOutlook(DateTimeOffset? Next);

/// <summary>A step of a run.</summary>
/// <param name="Attempt">Which run.</param>
/// <param name="Step">One of <see cref="PaymentSteps"/>.</param>
/// <param name="Code">Why: of the steps that end in failure or leave the outcome open.</param>
/// <param name="Detail">Why, safe to show.</param>
/// <param name="Transaction">The hash of the transaction, as far as known.</param>
/// <param name="Turn">The seller's turn that answered.</param>
/// <param name="Answer">The seller's answer.</param>
/// <param name="Event">The event that was published.</param>
/// <param name="State">The state that the seller's agent was told, one of <see cref="PaymentStates"/>.</param>
public sealed record PaymentReport(
    int Attempt, string Step, string? Code = null, string? Detail = null, string? Transaction = null, string? Turn = null, string? Answer = null, string? Event = null,
    string? State = null);

/// <summary>The steps of a run.</summary>
public static class PaymentSteps
{
    /// <summary>The run lives.</summary>
    public const string Alive = "alive";

    /// <summary>The payment is claimed, and the seller is about to work.</summary>
    public const string Executing = "executing";

    /// <summary>The seller has answered.</summary>
    public const string Executed = "executed";

    /// <summary>The seller has no answer. Nothing is charged.</summary>
    public const string ExecutionFailed = "execution_failed";

    /// <summary>The payment is about to be settled.</summary>
    public const string Settling = "settling";

    /// <summary>The money has moved.</summary>
    public const string Settled = "settled";

    /// <summary>The money has not moved and will not.</summary>
    public const string SettleFailed = "settle_failed";

    /// <summary>Whether the money has moved is not known, or still not.</summary>
    public const string SettleUnknown = "settle_unknown";

    /// <summary>The seller's agent was told where the payment stands.</summary>
    public const string Recorded = "recorded";

    /// <summary>An event was published.</summary>
    public const string Announced = "announced";
}

/// <summary>Where a payment stands.</summary>
/// <param name="PaymentId">Its id.</param>
/// <param name="State">One of <see cref="PaymentStates"/>.</param>
/// <param name="Seller">Who is paid for work.</param>
/// <param name="Resource">What for.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="Asset">The token's address.</param>
/// <param name="AmountAtomic">Atomic units, decimal digits.</param>
/// <param name="PayTo">Who gets it.</param>
/// <param name="Payer">Who pays.</param>
/// <param name="X402Version">1 or 2.</param>
/// <param name="WireNetwork">The network as that version writes it.</param>
/// <param name="WasVerified">False of a failure that the payment itself, or its facilitator, is the reason of: nothing was done for it.</param>
/// <param name="Attempt">The number of the last run.</param>
/// <param name="CreatedAt">When it was taken.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Transaction">The hash of the transaction, as far as known.</param>
/// <param name="Reason">Why it failed or is unknown: a code.</param>
/// <param name="Detail">Why, safe to show.</param>
/// <param name="Turn">The seller's turn that answered.</param>
/// <param name="Answer">The seller's answer; only of a settled payment.</param>
public sealed record PaymentInfo(
    string PaymentId, string State, string Seller, string Resource, string Network, string Asset, string AmountAtomic, string PayTo, string Payer,
    int X402Version, string WireNetwork, bool WasVerified, int Attempt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    string? Transaction, string? Reason, string? Detail, string? Turn, string? Answer);

/// <summary>Where a payment stands.</summary>
public static class PaymentStates
{
    /// <summary>Of a payment out: the agent has promised the money, and may have sent the payment.</summary>
    public const string Authorized = "authorized";

    /// <summary>Taken: the facilitator says that it is good.</summary>
    public const string Verified = "verified";

    /// <summary>The seller works.</summary>
    public const string Executing = "executing";

    /// <summary>The seller has answered; nothing is charged yet.</summary>
    public const string Executed = "executed";

    /// <summary>The order to settle is about to go out, or has.</summary>
    public const string Settling = "settling";

    /// <summary>The money has moved. Final.</summary>
    public const string Settled = "settled";

    /// <summary>The money has not moved. Final.</summary>
    public const string Failed = "failed";

    /// <summary>Whether the money has moved is not known; it is being looked for.</summary>
    public const string Unknown = "unknown";
}
