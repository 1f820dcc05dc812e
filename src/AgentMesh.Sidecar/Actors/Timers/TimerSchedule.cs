using AgentMesh.Sidecar.Actors.Reminders;

namespace AgentMesh.Sidecar.Actors.Timers;

/// <summary>When a timer fires. Unlike a reminder's, its period may have days, months and years, which go by the calendar.</summary>
/// <param name="First">The first tick.</param>
/// <param name="Period">Null: one tick only.</param>
/// <param name="Expires">No tick after this; null: never.</param>
internal sealed record TimerSchedule(DateTimeOffset First, DaprTime.IsoDuration? Period, DateTimeOffset? Expires)
{
    /// <summary>Reads a registration (dapr:pkg/actors/api, kit:time/time.go).</summary>
    /// <returns>The schedule, or the text of the refusal.</returns>
    public static (TimerSchedule? Schedule, string? Refusal) Parse(string dueTime, string period, string ttl, DateTimeOffset now)
    {
        var due = now;
        if (dueTime.Length > 0 && !DaprTime.TryParsePoint(dueTime, now, out due))
            return (null, $"unsupported dueTime format: {dueTime}");
        DaprTime.IsoDuration? every = null;
        if (period.Length > 0)
        {
            if (!DaprTime.TryParsePeriod(period, out var parsed))
                return (null, $"unsupported period format: {period}");
            every = parsed;
            if (every.Value.Repetitions == 0)
                return (null, "has zero repetitions");
            if (every.Value.AddTo(due) < due)
                return (null, $"period must not be negative: {period}");
            // A period of nothing is none: a timer that fires once (dapr:pkg/actors/api).
            if (every.Value.AddTo(due) == due)
                every = null;
        }

        if (ttl.Length == 0)
            return (new TimerSchedule(due, every, null), null);
        if (!DaprTime.TryParsePoint(ttl, due, out var expires))
            return (null, $"unsupported ttl format: {ttl}");
        return expires < now ? (null, $"has already expired: {ttl}") : (new TimerSchedule(due, every, expires), null);
    }

    /// <summary>The tick after <paramref name="last"/>, counted from when that one was due; null: that was the last.</summary>
    /// <param name="last">When the last tick was due.</param>
    /// <param name="fired">Ticks so far, that one included.</param>
    public DateTimeOffset? Next(DateTimeOffset last, int fired)
    {
        if (Period is not { } period || fired >= period.Repetitions)
            return null;
        var next = period.AddTo(last);
        return next > Expires ? null : next;
    }
}
