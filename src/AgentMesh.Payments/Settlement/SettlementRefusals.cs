using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;

namespace AgentMesh.Payments.Settlement;

/// <summary>What a payment refuses.</summary>
internal static class SettlementRefusals
{
    public static Refusal Quarantined { get; } = new(PaymentRefusals.PaymentQuarantined, "The payment's record cannot be read; an operator has to look at it.");

    public static Refusal NotFound { get; } = new(PaymentRefusals.PaymentNotFound, "There is no such payment.");

    public static Refusal Reused { get; } = new(PaymentRefusals.PaymentReused, "This payment was used for another request, or with other bytes. Nothing was charged for this one.");

    /// <summary>Between a run and its payment only; it never reaches a caller.</summary>
    public static Refusal Lost { get; } = new("payment_lost", "Another run has the payment, or it is beyond this step.");
}
