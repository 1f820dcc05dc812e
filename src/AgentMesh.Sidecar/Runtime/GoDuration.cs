using System.Buffers;
using System.Globalization;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>Go's duration text (<c>1h30m</c>, <c>0h0m30s0ms</c>, <c>1.5s</c>), in which daprd and the SDK write spans.</summary>
internal static class GoDuration
{
    /// <summary>Go counts nanoseconds in 63 bits: 292 years.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromTicks(long.MaxValue / 100);

    private static readonly (string Unit, double Ticks)[] Units =
    [
        // "ms" before "m": the longer unit has to be tried first.
        ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond), ("µs", TimeSpan.TicksPerMicrosecond),
        ("ns", TimeSpan.TicksPerMicrosecond / 1000.0), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
    ];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration; false for anything Go's <c>time.ParseDuration</c> refuses and for what is longer than <see cref="Longest"/>.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
            rest = rest[1..];
        if (rest is "0")
            return true;
        if (rest.IsEmpty)
            return false;

        var ticks = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || !TryTakeUnit(rest[digits..], out var unitTicks, out var unitLength))
            {
                return false;
            }

            ticks += number * unitTicks;
            rest = rest[(digits + unitLength)..];
        }

        if (ticks > Longest.Ticks)
            return false;
        duration = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return true;
    }

    /// <summary>The form in which the SDK writes and reads spans, <c>24h0m0s0ms</c>; less than a millisecond is cut off.</summary>
    public static string FormatSpan(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalHours}h{span.Minutes}m{span.Seconds}s{span.Milliseconds}ms");

    private static bool TryTakeUnit(ReadOnlySpan<char> text, out double ticks, out int length)
    {
        foreach (var (unit, unitTicks) in Units)
        {
            if (text.StartsWith(unit, StringComparison.Ordinal))
            {
                (ticks, length) = (unitTicks, unit.Length);
                return true;
            }
        }

        (ticks, length) = (0, 0);
        return false;
    }
}
