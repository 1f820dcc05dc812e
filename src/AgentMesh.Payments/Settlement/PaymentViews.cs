using AgentMesh.Contracts.Payments;

namespace AgentMesh.Payments.Settlement;

/// <summary>How a payment is told to others.</summary>
internal static class PaymentViews
{
    public static PaymentInfo ToInfo(this Payment payment, string? answer) => new(
        payment.Id, ToState(payment.Status), payment.Seller, payment.Resource, payment.Terms.Network, payment.Terms.Asset, payment.Terms.AmountAtomic,
        payment.Terms.PayTo, payment.Terms.Payer, payment.Terms.X402Version, payment.Terms.WireNetwork, payment.VerifiedAt is not null, payment.Attempt,
        payment.CreatedAt, payment.UpdatedAt, payment.Transaction, payment.Reason?.Code, payment.Reason?.Detail, payment.Turn, answer);

    public static string ToState(PaymentStatus status) => status switch
    {
        PaymentStatus.Verified => PaymentStates.Verified,
        PaymentStatus.Executing => PaymentStates.Executing,
        PaymentStatus.Executed => PaymentStates.Executed,
        PaymentStatus.Settling => PaymentStates.Settling,
        PaymentStatus.Settled => PaymentStates.Settled,
        PaymentStatus.Failed => PaymentStates.Failed,
        PaymentStatus.Unknown => PaymentStates.Unknown,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
