using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Policies;

/// <summary>Payments that were made within a span of time. All of them count until the last one is too old.</summary>
/// <param name="From">When the first was made.</param>
/// <param name="Until">When the last was made.</param>
/// <param name="Payments">How many.</param>
/// <param name="AmountAtomic">What they come to, atomic units.</param>
public sealed record SpendingSlice(DateTimeOffset From, DateTimeOffset Until, int Payments, UInt128 AmountAtomic)
{
    internal SpendingSlice And(SpendingSlice other) => new(
        From < other.From ? From : other.From,
        Until > other.Until ? Until : other.Until,
        (int)Math.Min((long)Payments + other.Payments, int.MaxValue),
        Amounts.Plus(AmountAtomic, other.AmountAtomic));
}
