using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>Go's duration text (<c>1h30m</c>, <c>0h0m30s0ms</c>, <c>1.5s</c>), in which daprd and the SDK write spans.</summary>
internal static partial class GoDuration
{
    /// <summary>Go counts nanoseconds in 63 bits: 292 years.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromTicks(long.MaxValue / 100);

    private static readonly Dictionary<string, double> Ticks = new(StringComparer.Ordinal)
    {
        ["ns"] = TimeSpan.TicksPerMicrosecond / 1000.0,
        ["us"] = TimeSpan.TicksPerMicrosecond,
        ["µs"] = TimeSpan.TicksPerMicrosecond,
        ["ms"] = TimeSpan.TicksPerMillisecond,
        ["s"] = TimeSpan.TicksPerSecond,
        ["m"] = TimeSpan.TicksPerMinute,
        ["h"] = TimeSpan.TicksPerHour,
    };

    /// <summary>Reads a duration; false for anything Go's <c>time.ParseDuration</c> refuses and for what is longer than <see cref="Longest"/>.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (Syntax().Match(text ?? "") is not { Success: true } match)
            return false;
        var ticks = match.Groups[1].Captures.Zip(match.Groups[2].Captures).Sum(part =>
            double.Parse(part.First.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * Ticks[part.Second.Value]);
        if (ticks > Longest.Ticks)
            return false;
        duration = TimeSpan.FromTicks((long)(match.Value[0] == '-' ? -ticks : ticks));
        return true;
    }

    /// <summary>The form in which the SDK writes and reads spans, <c>24h0m0s0ms</c>; less than a millisecond is cut off.</summary>
    public static string FormatSpan(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalHours}h{span.Minutes}m{span.Seconds}s{span.Milliseconds}ms");

    [GeneratedRegex(@"\A[-+]?(?:0|(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+)\z")]
    private static partial Regex Syntax();
}
