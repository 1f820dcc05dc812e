using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>
/// What the agent buys. No method calls out: the calls are a run's, outside of the actor's turns, which reports each step with the number of its
/// attempt. The first two are for who wants something bought, the others for runs.
/// </summary>
public interface IAgentPurchases : IActor
{
    /// <summary>
    /// Begins a purchase. The same request finds the purchase it began, also by its key; anything else under the key is refused with
    /// <see cref="AgentRefusals.IdempotencyKeyReused"/>. One that was refused, when nothing was promised, is begun anew.
    /// </summary>
    Task<Reply<PurchaseView>> BeginPurchase(BeginPurchase request, CancellationToken cancellationToken);

    /// <summary>Reads what became of a purchase; refused with <see cref="PurchaseCodes.PurchaseNotFound"/>.</summary>
    Task<Reply<PurchaseView>> GetPurchase(GetPurchase request, CancellationToken cancellationToken);

    /// <summary>What a run has to do; refused with <see cref="PurchaseCodes.PurchaseLost"/> when another has the purchase.</summary>
    Task<Reply<PurchaseWork>> GetPurchaseWork(PurchaseRunId request, CancellationToken cancellationToken);

    /// <summary>
    /// The seller wants to be paid. Agrees on its terms or refuses the purchase: policy, budget and payment are one transaction. Terms that were agreed
    /// on before stay. Refused with <see cref="Tenants.SpendingRefusals.TenantUnknown"/> when the agent's process has not heard of the tenant: to be repeated.
    /// </summary>
    Task<Reply<PurchaseWork>> OfferPurchase(OfferPurchase request, CancellationToken cancellationToken);

    /// <summary>Makes the payment of what was agreed on, and stores it. It is signed once: a repeat finds what was stored.</summary>
    Task<Reply<PurchaseWork>> SignPurchase(SignPurchase request, CancellationToken cancellationToken);

    /// <summary>A run has done a step. A repeat changes nothing. Refused with <see cref="PurchaseCodes.PurchaseLost"/>: then the run ends.</summary>
    Task<Reply<PurchaseWork>> ReportPurchase(PurchaseReport request, CancellationToken cancellationToken);
}

/// <summary>Something to be bought, for at most so much.</summary>
/// <param name="RequestId">Of the request; its retries have the same.</param>
/// <param name="IdempotencyKey">The caller's key; null: none.</param>
/// <param name="Url">What is called.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Body">What is sent, base64; null: nothing.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="MaxAmount">The most that may be paid, atomic units of the asset, decimal digits.</param>
/// <param name="Asset">CAIP-19 of a known token; null: the mesh's own.</param>
/// <param name="SessionId">The session it is bought in; null: none.</param>
/// <param name="Tool">The tool that buys it; null: none.</param>
/// <param name="TurnId">The turn it is bought in: while that is open, the same request finds the purchase; null: in none.</param>
public sealed record BeginPurchase(
    string RequestId, string? IdempotencyKey, string Url, string Method, string? Body, string? ContentType, string MaxAmount, string? Asset = null,
    string? SessionId = null, string? Tool = null, string? TurnId = null);

/// <summary>Asks for a purchase.</summary>
/// <param name="Id">Of <see cref="PurchaseView.Id"/>.</param>
public sealed record GetPurchase(string Id);

/// <summary>What became of a purchase.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsPending">There is nothing to be told yet.</param>
/// <param name="Status">The HTTP status of the answer; null: there is none.</param>
/// <param name="ContentType">Of the answer's body.</param>
/// <param name="Body">The answer's body, base64.</param>
/// <param name="Payment">What is or was paid; null: nothing.</param>
/// <param name="Reason">Why there is no answer, a refusal code; null with an answer.</param>
/// <param name="Detail">Why, safe to show.</param>
/// <param name="Data">What else clients are told of the reason, a JSON object; null: nothing.</param>
public sealed record PurchaseView(
    string Id, bool IsPending, int? Status = null, string? ContentType = null, string? Body = null, AgentPayment? Payment = null, string? Reason = null,
    string? Detail = null, string? Data = null);

/// <summary>One run of a purchase.</summary>
/// <param name="Id">The purchase.</param>
/// <param name="Attempt">Which run, from 1.</param>
public sealed record PurchaseRunId(string Id, int Attempt);

/// <summary>What a run has to do next.</summary>
/// <param name="Step">One of <see cref="PurchaseTasks"/>.</param>
/// <param name="Url">What to call.</param>
/// <param name="Method">How.</param>
/// <param name="Body">What to send, base64; null: nothing.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="HeaderName">The header of the payment, to send.</param>
/// <param name="HeaderValue">Its text. It is money.</param>
/// <param name="Authorization">What was agreed on, to sign or to look for.</param>
/// <param name="Asset">Of a call that may be asked to pay: in what, CAIP-19 in lower case.</param>
/// <param name="MaxAmount">And how much at most, atomic units, decimal digits.</param>
public sealed record PurchaseWork(
    string Step, string? Url = null, string? Method = null, string? Body = null, string? ContentType = null, string? HeaderName = null, string? HeaderValue = null,
    PurchaseAuthorization? Authorization = null, string? Asset = null, string? MaxAmount = null);

/// <summary>What was agreed on.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="Token">The token's address.</param>
/// <param name="Amount">Atomic units, decimal digits.</param>
/// <param name="From">Who pays.</param>
/// <param name="To">Who is paid.</param>
/// <param name="ValidAfter">Unix seconds, decimal digits.</param>
/// <param name="ValidBefore">When nobody can execute it any more.</param>
/// <param name="Nonce">0x and 64 hex digits.</param>
/// <param name="Transaction">The transaction that the seller named; null: none.</param>
public sealed record PurchaseAuthorization(
    string PaymentId, string Network, string Token, string Amount, string From, string To, string ValidAfter, DateTimeOffset ValidBefore, string Nonce,
    string? Transaction = null);

/// <summary>What a run has to do next.</summary>
public static class PurchaseTasks
{
    /// <summary>Call, without a payment.</summary>
    public const string Call = "call";

    /// <summary>Have the agent sign.</summary>
    public const string Sign = "sign";

    /// <summary>Have the wallet's provider sign, and bring the signature.</summary>
    public const string SignElsewhere = "sign_elsewhere";

    /// <summary>Call, with the payment.</summary>
    public const string Send = "send";

    /// <summary>Ask the chain.</summary>
    public const string Look = "look";

    /// <summary>Nothing, or not now.</summary>
    public const string None = "none";
}

/// <summary>A seller's 402.</summary>
/// <param name="Id">The purchase.</param>
/// <param name="Attempt">Which run.</param>
/// <param name="Url">Where it came from, after redirects.</param>
/// <param name="Method">The method there.</param>
/// <param name="HasBody">The body was sent there.</param>
/// <param name="Header">The text of <c>PAYMENT-REQUIRED</c>; null: there was none.</param>
/// <param name="Body">The body, base64.</param>
/// <param name="Reserved">How much the tenant has for it: atomic units of the purchase's asset, decimal digits.</param>
/// <param name="Stop">Why it has no more than that; null: it has all that may be paid.</param>
public sealed record OfferPurchase(
    string Id, int Attempt, string Url, string Method, bool HasBody, string? Header, string? Body, string Reserved, SpendingStop? Stop = null);

/// <summary>Has the payment made.</summary>
/// <param name="Id">The purchase.</param>
/// <param name="Attempt">Which run.</param>
/// <param name="Signature">Of the wallet's provider, hex; null: the key is the agent's.</param>
public sealed record SignPurchase(string Id, int Attempt, string? Signature);

/// <summary>A step of a run.</summary>
/// <param name="Id">The purchase.</param>
/// <param name="Attempt">Which run.</param>
/// <param name="Step">One of <see cref="PurchaseReports"/>.</param>
/// <param name="Code">Why: of steps without an answer.</param>
/// <param name="Detail">Why, safe to show.</param>
/// <param name="RetryAfterSeconds">How long the server asks to wait.</param>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="ContentType">Of the answer's body.</param>
/// <param name="Body">The answer's body, base64.</param>
/// <param name="Receipt">The text of the receipt's header; null: there was none.</param>
/// <param name="Transaction">The hash of the transaction, by the chain.</param>
/// <param name="CanBeKnown">Of a look: asking again may say more.</param>
public sealed record PurchaseReport(
    string Id, int Attempt, string Step, string? Code = null, string? Detail = null, int? RetryAfterSeconds = null, int? Status = null, string? ContentType = null,
    string? Body = null, string? Receipt = null, string? Transaction = null, bool CanBeKnown = false);

/// <summary>The steps of a run.</summary>
public static class PurchaseReports
{
    /// <summary>There is an answer.</summary>
    public const string Answered = "answered";

    /// <summary>What was asked for cannot be called; nothing was promised.</summary>
    public const string Refused = "refused";

    /// <summary>The wallet's provider has not signed.</summary>
    public const string NotSigned = "unsigned";

    /// <summary>The payment was sent, and there is no answer that can be given out.</summary>
    public const string Unanswered = "unanswered";

    /// <summary>The payment was answered with a 402 that asks for something else.</summary>
    public const string TurnedAway = "turned_away";

    /// <summary>The chain says that the money has moved.</summary>
    public const string FoundSettled = "found_settled";

    /// <summary>The chain says that the money has not moved and cannot.</summary>
    public const string FoundFailed = "found_failed";

    /// <summary>The chain does not say.</summary>
    public const string NotFound = "not_found";
}
