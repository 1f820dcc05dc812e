using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Policies;

/// <summary>How much may go within a time, counted over the window that ends now and with the payment that is judged.</summary>
/// <param name="Window">1 minute to 24 hours, whole minutes.</param>
/// <param name="Payments">Payments, of all assets of the rule together; null: any number.</param>
/// <param name="AmountAtomic">Atomic units of the payment's own asset; null: any amount.</param>
public sealed record Velocity(TimeSpan Window, int? Payments, UInt128? AmountAtomic)
{
    /// <summary>Whether none of the figures would be passed.</summary>
    internal bool IsKept(PolicyFacts payment, SpendingMemory memory, IReadOnlyCollection<string> assets, DateTimeOffset now) =>
        (Payments is not { } payments || memory.CountPayments(payment.Direction, assets, Window, now) < payments)
        && (AmountAtomic is not { } amount || Amounts.Plus(memory.SumAmounts(payment.Direction, payment.Asset, Window, now), payment.AmountAtomic) <= amount);
}
