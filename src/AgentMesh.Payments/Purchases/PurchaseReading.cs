using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;

namespace AgentMesh.Payments.Purchases;

/// <summary>What a purchase says.</summary>
/// <param name="Order">The order; null when its payment cannot be read.</param>
/// <param name="Refusal">Why a new payment would not be taken; null when it would. A payment that is known is not judged anew.</param>
/// <param name="IsProven">The payer's own key has signed it. False of the signature of an account's code, which only a facilitator can judge.</param>
internal sealed record PurchaseReading(PaymentOrder? Order, Refusal? Refusal, bool IsProven = false);
