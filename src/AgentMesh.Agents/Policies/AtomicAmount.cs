using System.Globalization;

namespace AgentMesh.Agents.Policies;

/// <summary>Amounts in atomic units as text: decimal digits, no sign, no leading zero.</summary>
internal static class AtomicAmount
{
    internal static bool TryParse(string? text, out UInt128 amount)
    {
        amount = default;
        return text is not null and not ['0', _, ..] && !text.EndsWith('\0') && UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out amount);
    }

    internal static string Format(UInt128 amount) => amount.ToString(CultureInfo.InvariantCulture);
}
