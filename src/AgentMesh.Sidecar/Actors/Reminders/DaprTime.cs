using System.Globalization;
using System.Text.RegularExpressions;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>The time texts of reminders and timers, read as kit:time/time.go reads them.</summary>
internal static partial class DaprTime
{
    /// <summary>
    /// A point in time: RFC 3339, or a Go or ISO 8601 duration from <paramref name="from"/> (years and months by the calendar).
    /// </summary>
    /// <returns>False for anything else, repetitions included.</returns>
    public static bool TryParsePoint(string text, DateTimeOffset from, out DateTimeOffset point)
    {
        if (TryParsePeriod(text, out var duration) && duration.Repetitions is null)
        {
            point = duration.AddTo(from);
            return true;
        }

        return DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out point);
    }

    /// <summary>A Go duration, or an ISO 8601 one with an optional count of repetitions in front, <c>R5/PT10S</c>; whole numbers only.</summary>
    public static bool TryParsePeriod(string text, out IsoDuration period)
    {
        period = default;
        if (GoDuration.TryParse(text, out var duration))
        {
            period = new IsoDuration(0, 0, 0, duration, null);
            return true;
        }

        if (Iso().Match(text) is not { Success: true } match)
            return false;
        var parts = new int[8];
        for (var i = 0; i < parts.Length; i++)
        {
            if (match.Groups[i + 1] is { Success: true } part && !int.TryParse(part.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out parts[i]))
                return false;
        }

        var seconds = parts[5] * 3600L + parts[6] * 60L + parts[7];
        if (seconds > GoDuration.Longest.TotalSeconds)
            return false;
        period = new IsoDuration(parts[1], parts[2], parts[3] * 7 + parts[4], TimeSpan.FromSeconds(seconds), match.Groups[1].Success ? parts[0] : null);
        return true;
    }

    [GeneratedRegex(@"^(?:R([0-9]+)/)?P(?=.)(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?=.)(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?\z")]
    private static partial Regex Iso();

    /// <summary>A span; its years, months and days go by the calendar.</summary>
    internal readonly record struct IsoDuration(int Years, int Months, int Days, TimeSpan Time, int? Repetitions)
    {
        public bool HasDateParts => Years != 0 || Months != 0 || Days != 0;

        /// <summary>What lies beyond the calendar is its end.</summary>
        public DateTimeOffset AddTo(DateTimeOffset from)
        {
            try
            {
                return from.AddYears(Years).AddMonths(Months).AddDays(Days) + Time;
            }
            catch (ArgumentOutOfRangeException)
            {
                return DateTimeOffset.MaxValue;
            }
        }
    }
}
