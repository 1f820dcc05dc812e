using AgentMesh.Agents.Budgets;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>Refusals of budgets on their way from one process to another, and back.</summary>
internal static class SpendingStops
{
    /// <summary>Why a tenant has no money, as its agent is told.</summary>
    public static SpendingStop? Of(Refusal? refusal) => refusal is null
        ? null
        : new SpendingStop(refusal.Code, refusal.Detail, refusal is BudgetRefusal budget ? ShortageOf(budget.Shortage) : null);

    /// <summary>The refusal that it was made of.</summary>
    public static Refusal? ToRefusal(SpendingStop? stop) => stop switch
    {
        null => null,
        { Shortage: { } shortage } => new BudgetRefusal(
            stop.Code, stop.Detail, new BudgetShortage(shortage.Scope, shortage.Asset, shortage.Window, Amounts.Parse(shortage.Available), shortage.ResetsAt)),
        _ => new Refusal(stop.Code, stop.Detail),
    };

    /// <summary>Where there is not enough.</summary>
    public static Shortage ShortageOf(BudgetShortage shortage) =>
        new(shortage.Scope, shortage.Asset, shortage.Window, Amounts.ToText(shortage.Available), shortage.ResetsAt);
}
