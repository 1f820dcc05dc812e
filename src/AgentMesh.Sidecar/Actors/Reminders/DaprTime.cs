using System.Globalization;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>The time texts of reminders and timers, read as kit:time/time.go reads them.</summary>
internal static class DaprTime
{
    // The parts of an ISO 8601 duration in the order they may stand, before and after the T.
    private const string DateUnits = "YMWD";
    private const string TimeUnits = "HMS";

    /// <summary>
    /// A point in time: RFC 3339, or a Go or ISO 8601 duration from <paramref name="from"/> (years and months by the calendar).
    /// </summary>
    /// <returns>False for anything else, repetitions included.</returns>
    public static bool TryParsePoint(string text, DateTimeOffset from, out DateTimeOffset point)
    {
        if (GoDuration.TryParse(text, out var duration))
        {
            point = from + duration;
            return true;
        }

        if (IsoDuration.TryParse(text, out var iso) && iso.Repetitions is null)
        {
            point = iso.AddTo(from);
            return true;
        }

        return DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out point);
    }

    /// <summary>
    /// An ISO 8601 duration with an optional count of repetitions in front, <c>R5/PT10S</c>; whole numbers only.
    /// </summary>
    internal readonly record struct IsoDuration(int Years, int Months, int Days, TimeSpan Time, int? Repetitions)
    {
        public bool HasDateParts => Years != 0 || Months != 0 || Days != 0;

        public DateTimeOffset AddTo(DateTimeOffset from) => from.AddYears(Years).AddMonths(Months).AddDays(Days) + Time;

        public static bool TryParse(ReadOnlySpan<char> text, out IsoDuration duration)
        {
            duration = default;
            int? repetitions = null;
            if (text.StartsWith("R"))
            {
                var slash = text.IndexOf('/');
                if (slash < 0 || !int.TryParse(text[1..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                    return false;
                repetitions = count;
                text = text[(slash + 1)..];
            }

            if (text is not ['P', _, ..])
                return false;
            text = text[1..];
            var split = text.IndexOf('T');
            var date = split < 0 ? text : text[..split];
            var time = split < 0 ? default : text[(split + 1)..];
            if (split >= 0 && time.IsEmpty
                || !TryParts(date, DateUnits, out var dates)
                || !TryParts(time, TimeUnits, out var times))
            {
                return false;
            }

            duration = new IsoDuration(
                (int)dates[0], (int)dates[1], (int)(dates[2] * 7 + dates[3]),
                TimeSpan.FromSeconds(times[0] * 3600 + times[1] * 60 + times[2]), repetitions);
            return true;
        }

        private static bool TryParts(ReadOnlySpan<char> text, string units, out long[] values)
        {
            values = new long[units.Length];
            var next = 0;
            while (!text.IsEmpty)
            {
                var digits = text.IndexOfAnyExceptInRange('0', '9');
                if (digits <= 0 || !int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                    return false;
                var unit = units.IndexOf(text[digits], next);
                if (unit < 0)
                    return false;
                values[unit] = value;
                next = unit + 1;
                text = text[(digits + 1)..];
            }

            return true;
        }
    }
}
