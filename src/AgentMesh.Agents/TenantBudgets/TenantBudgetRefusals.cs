using AgentMesh.Agents.Budgets;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.TenantBudgets;

/// <summary>Why a tenant gives no lease. Codes of <c>AgentMesh.Contracts.Tenants.SpendingRefusals</c>; a test holds them together.</summary>
public static class TenantBudgetRefusals
{
    /// <summary>The lease has ended, or is none that is known.</summary>
    public static Refusal LeaseEnded { get; } = new("lease_ended", "The lease has ended, and what it came to counts as spent.");

    /// <summary>As many as there may be.</summary>
    public static Refusal TooManyLeases { get; } = new(
        "too_many_leases", $"The tenant has {TenantBudgetLimits.Leases} leases in the hands of its processes; it gives the next when one has ended.");

    /// <summary>More limits than a tenant has.</summary>
    public static Refusal TooManyLimits { get; } = new("invalid_budget", $"The budget is invalid: a tenant has at most {TenantBudgetLimits.Limits} limits.");

    /// <summary>It would take what is posted and in the hands of processes over the limit.</summary>
    internal static BudgetRefusal Exceeded(BudgetShortage shortage) => new(
        "budget_exceeded",
        $"The tenant has {shortage.Available} atomic units of {shortage.Asset} left in its window {shortage.Window} that none of its processes has, which is not enough.",
        shortage);
}
