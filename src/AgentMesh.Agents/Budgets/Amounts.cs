using System.Globalization;

namespace AgentMesh.Agents.Budgets;

/// <summary>Sums of amounts in atomic units that end at the biggest and smallest amount in place of going round, because both ends are the safe side; and how amounts are written.</summary>
public static class Amounts
{
    /// <summary>The sum, or the biggest amount.</summary>
    public static UInt128 Plus(UInt128 one, UInt128 other) => other > UInt128.MaxValue - one ? UInt128.MaxValue : one + other;

    /// <summary>As it stands on the wire: decimal digits.</summary>
    public static string ToText(UInt128 amount) => amount.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToText"/> has written.</summary>
    /// <exception cref="FormatException">It has not.</exception>
    public static UInt128 Parse(string text) => UInt128.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    internal static UInt128 Minus(UInt128 one, UInt128 other) => other > one ? 0 : one - other;

    internal static UInt128 Sum(IEnumerable<UInt128> amounts) => amounts.Aggregate(UInt128.Zero, Plus);
}
