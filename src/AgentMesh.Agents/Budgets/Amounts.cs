namespace AgentMesh.Agents.Budgets;

/// <summary>Sums of amounts in atomic units that end at the biggest and smallest amount in place of going round: both ends are the safe side.</summary>
internal static class Amounts
{
    internal static UInt128 Plus(UInt128 one, UInt128 other) => other > UInt128.MaxValue - one ? UInt128.MaxValue : one + other;

    internal static UInt128 Minus(UInt128 one, UInt128 other) => other > one ? 0 : one - other;

    internal static UInt128 Sum(IEnumerable<UInt128> amounts) => amounts.Aggregate(UInt128.Zero, Plus);
}
