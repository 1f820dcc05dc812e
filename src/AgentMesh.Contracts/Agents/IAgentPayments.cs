using AgentMesh.Contracts.Payments;
using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>The payments in an agent's own records. They stay when the agent is erased.</summary>
public interface IAgentPayments : IActor
{
    /// <summary>Reads a page of them, oldest first within the page. An agent never used has none.</summary>
    Task<Reply<AgentPaymentList>> ListPayments(ListPayments request, CancellationToken cancellationToken);

    /// <summary>Reads one; refused with <see cref="PaymentRefusals.PaymentNotFound"/> when the agent has none of that id.</summary>
    Task<Reply<AgentPayment>> GetPayment(GetPayment request, CancellationToken cancellationToken);

    /// <summary>
    /// Tells the agent what became of a payment. A repeat, and an older word that comes late, change nothing; an agent that was erased is not made
    /// anew. Answers the payment as it stands then.
    /// </summary>
    Task<Reply<AgentPayment>> RecordPayment(AgentPayment request, CancellationToken cancellationToken);
}

/// <summary>Asks for a page of the payments.</summary>
/// <param name="Limit">1-1000 payments.</param>
/// <param name="Before">Only payments with a smaller number; null for the newest page.</param>
/// <param name="Direction">One of <see cref="PaymentDirections"/>; null: both.</param>
public sealed record ListPayments(int Limit, long? Before, string? Direction = null);

/// <summary>Asks for a payment.</summary>
/// <param name="PaymentId">Which.</param>
public sealed record GetPayment(string PaymentId);

/// <summary>A page of the payments.</summary>
/// <param name="Payments">Oldest first.</param>
/// <param name="NextBefore">The <c>before</c> of the next older page; null when there is none.</param>
public sealed record AgentPaymentList(IReadOnlyList<AgentPayment> Payments, long? NextBefore);

/// <summary>A payment in an agent's records.</summary>
/// <param name="Id">The payment id.</param>
/// <param name="Direction">One of <see cref="PaymentDirections"/>.</param>
/// <param name="State">One of <see cref="PaymentStates"/>: executing, unknown, settled or failed.</param>
/// <param name="AmountAtomic">Atomic units, decimal digits.</param>
/// <param name="Decimals">Digits behind the point of one unit of the token.</param>
/// <param name="Asset">The token's address.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="Payer">Who pays.</param>
/// <param name="Payee">Who is paid.</param>
/// <param name="Resource">What for.</param>
/// <param name="CreatedAt">When it was taken.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Transaction">The hash of the transaction, as far as known.</param>
/// <param name="Reason">Why it failed or is unknown: a code.</param>
/// <param name="Seq">Its number in the agent's list, from 1; 0: it has none yet.</param>
public sealed record AgentPayment(
    string Id, string Direction, string State, string AmountAtomic, int Decimals, string Asset, string Network, string Payer, string Payee, string Resource,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Transaction = null, string? Reason = null, long Seq = 0);

/// <summary>Which way the money of a payment goes.</summary>
public static class PaymentDirections
{
    /// <summary>To the agent.</summary>
    public const string In = "in";

    /// <summary>From the agent.</summary>
    public const string Out = "out";
}
