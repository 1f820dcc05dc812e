using System.Globalization;

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
        && (AmountAtomic is not { } amount || AtomicAmount.Sum(memory.SumAmounts(payment.Direction, payment.Asset, Window, now), payment.AmountAtomic) <= amount);

    /// <summary>The text of a window: <c>1h</c>, or <c>90m</c>.</summary>
    internal static string Format(TimeSpan window) => window.Ticks % TimeSpan.TicksPerHour == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)window.TotalHours}h")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)window.TotalMinutes}m");

    /// <summary>Reads a window; null when it is none.</summary>
    internal static TimeSpan? ParseWindow(string text)
    {
        if (text is not { Length: >= 2 and <= 5 } || text[0] == '0' || !int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        TimeSpan? window = text[^1] switch
        {
            'h' => TimeSpan.FromHours(number),
            'm' => TimeSpan.FromMinutes(number),
            _ => null,
        };
        return window >= PolicyLimits.ShortestWindow && window <= PolicyLimits.LongestWindow ? window : null;
    }
}
