using System.Globalization;

namespace AgentMesh.Agents.Budgets;

/// <summary>Lengths of windows as text: whole hours or minutes, <c>24h</c> or <c>90m</c>.</summary>
internal static class WindowLength
{
    /// <summary>As many digits as any length may have, and the unit.</summary>
    private const int Characters = 6;

    /// <summary>The text of a length of whole minutes, in hours when it has no others.</summary>
    internal static string Format(TimeSpan length) => length.Ticks % TimeSpan.TicksPerHour == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalHours}h")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalMinutes}m");

    /// <summary>Reads a length; null when it is none, or not between the two.</summary>
    internal static TimeSpan? TryParse(string text, TimeSpan shortest, TimeSpan longest)
    {
        // One spelling each: no sign, no leading zero.
        if (text is not { Length: >= 2 and <= Characters } || text[0] == '0' || !int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        TimeSpan? length = text[^1] switch
        {
            'h' => TimeSpan.FromHours(number),
            'm' => TimeSpan.FromMinutes(number),
            _ => null,
        };
        return length >= shortest && length <= longest ? length : null;
    }
}
