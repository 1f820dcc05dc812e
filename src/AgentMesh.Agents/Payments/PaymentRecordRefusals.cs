using AgentMesh.Agents.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Payments;

/// <summary>
/// Why an agent's payments say no. The codes are those of <c>AgentMesh.Contracts</c>; a test holds them together.
/// </summary>
public static class PaymentRecordRefusals
{
    /// <summary>The agent has no payment of that id.</summary>
    public static Refusal PaymentNotFound { get; } = new("payment_not_found", "The agent has no such payment.");

    /// <summary>The page asked for is too small or too big.</summary>
    public static Refusal InvalidLimit { get; } = new("invalid_limit", $"limit is 1 to {PaymentLimits.ListPayments}.");

    /// <summary>The money would go to a wallet that the agent does not have.</summary>
    public static Refusal NotThePayee { get; } = new("not_for_sale", "The agent is not the one that would be paid: it was erased since. Nothing was stored.");

    /// <summary>Whether the agent may work for a payment: it must have the wallet that is paid. An erased one is not made anew by a payment for the old one.</summary>
    public static Refusal? CheckPayee(AgentHead head, string payee) => string.Equals(head.Wallet, payee, StringComparison.OrdinalIgnoreCase) ? null : NotThePayee;
}
