using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;

namespace AgentMesh.Gateway.Payments;

/// <summary>A payment of an agent.</summary>
/// <param name="Seq">Its number in the agent's list, from 1.</param>
/// <param name="Id">The payment id.</param>
/// <param name="Direction"><c>in</c>: to the agent; <c>out</c>: from it.</param>
/// <param name="State">One of <see cref="PaymentStates"/>.</param>
/// <param name="Amount">Atomic units, decimal digits.</param>
/// <param name="Decimals">Digits behind the point of one unit of the token.</param>
/// <param name="Asset">The token's address.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="Payer">Who pays.</param>
/// <param name="Payee">Who is paid.</param>
/// <param name="Resource">What for.</param>
/// <param name="Transaction">The hash of the transaction; null while it is not known.</param>
/// <param name="Reason">Why it failed or is unknown: a code; null otherwise.</param>
/// <param name="CreatedAt">When it was taken.</param>
/// <param name="UpdatedAt">When it last changed.</param>
internal sealed record PaymentResponse(
    long Seq, string Id, string Direction, string State, string Amount, int Decimals, string Asset, string Network, string Payer, string Payee, string Resource,
    string? Transaction, string? Reason, DateTime CreatedAt, DateTime UpdatedAt)
{
    public static PaymentResponse Of(AgentPayment payment) => new(
        payment.Seq, payment.Id, payment.Direction, payment.State, payment.AmountAtomic, payment.Decimals, payment.Asset, payment.Network, payment.Payer, payment.Payee,
        payment.Resource, payment.Transaction, payment.Reason, payment.CreatedAt.UtcDateTime, payment.UpdatedAt.UtcDateTime);

    /// <summary>The same as the payment itself says where it stands.</summary>
    public PaymentResponse Now(PaymentInfo info) =>
        this with { State = info.State, Transaction = info.Transaction, Reason = info.Reason, UpdatedAt = info.UpdatedAt.UtcDateTime };
}

/// <summary>A page of an agent's payments.</summary>
/// <param name="Payments">Oldest first.</param>
/// <param name="NextBefore">The <c>before</c> of the next older page; null at the end.</param>
internal sealed record PaymentListResponse(IReadOnlyList<PaymentResponse> Payments, long? NextBefore)
{
    public static PaymentListResponse Of(AgentPaymentList page) => new([.. page.Payments.Select(PaymentResponse.Of)], page.NextBefore);
}
