using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Purchases;

/// <summary>
/// One purchase of an agent. State key <c>purchase:{id}</c>; bodies are records of their own. What it does in the world it has stored before: the
/// terms before they are signed, the payment before it is sent.
/// </summary>
/// <param name="Id">Of <see cref="Sessions.SessionId.Of"/>: what asked for it is what it is known by.</param>
/// <param name="Request">What is to be bought.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Attempt">The run that works on it, from 1. Reports of earlier ones are not heard.</param>
/// <param name="Due">When a run is to look after it, unless one reports before; null: it is over, or nobody looks any more.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Terms">What was agreed on; null before <see cref="PurchaseState.Authorized"/>.</param>
/// <param name="Payment">The payment, from <see cref="PurchaseState.Sending"/> until it is over.</param>
/// <param name="Sends">How often the payment was sent and what became of it told.</param>
/// <param name="IsTurnedAway">The seller has answered the payment with other terms: it is not sent any more.</param>
/// <param name="Answer">What the server answered.</param>
/// <param name="Transaction">The hash of the transaction, as far as known.</param>
/// <param name="Reason">Why it was refused, has failed or is not known.</param>
/// <param name="Grant">The money of another agent that its turn had when it was begun, and that it is paid of or not at all; null: it is paid of the agent's own.</param>
public sealed record StoredPurchase(
    string Id,
    PurchaseRequest Request,
    PurchaseState State,
    int Attempt,
    DateTimeOffset? Due,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    PurchaseTerms? Terms,
    PurchasePayment? Payment,
    int Sends,
    bool IsTurnedAway,
    PurchaseAnswer? Answer,
    string? Transaction,
    PurchaseReason? Reason,
    string? Grant)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.StoredPurchase;

    /// <summary>Nothing will change any more.</summary>
    [JsonIgnore]
    public bool IsOver => State is PurchaseState.Settled or PurchaseState.Failed or PurchaseState.Free or PurchaseState.Refused;

    /// <summary>The payment may be out, or will be: it is known what was agreed on, and not yet what became of it.</summary>
    [JsonIgnore]
    public bool IsPaying => State is PurchaseState.Authorized or PurchaseState.Sending or PurchaseState.Unknown;

    /// <summary>What is said to who asked: there is an answer, or it is known that there is none, or that nobody knows for now. None has an answer before.</summary>
    [JsonIgnore]
    public bool CanBeTold => IsOver || State == PurchaseState.Unknown;

    /// <summary>A new one, with its first run.</summary>
    public static StoredPurchase Begin(string id, PurchaseRequest request, DateTimeOffset now) => new(
        id, request, PurchaseState.Open, 1, now + PurchaseLimits.Lease, now, now, null, null, 0, false, null, null, null, null);
}
