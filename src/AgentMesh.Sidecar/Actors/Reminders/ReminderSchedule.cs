namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>When a reminder fires: the first time, how often after it, until when.</summary>
/// <param name="First">The first tick.</param>
/// <param name="Period">Time between ticks; null for a single one.</param>
/// <param name="Repetitions">Ticks in all, the first included; null: without end.</param>
/// <param name="Expires">No tick after this; null: never.</param>
internal sealed record ReminderSchedule(DateTimeOffset First, TimeSpan? Period, int? Repetitions, DateTimeOffset? Expires)
{
    /// <summary>Reads a registration as daprd's scheduler does (dapr:pkg/actors/internal/scheduler/scheduler.go).</summary>
    /// <param name="dueTime">RFC 3339, Go or ISO 8601 duration from now; empty: none.</param>
    /// <param name="period">Go duration or ISO 8601 with time parts only, repetitions allowed; empty: once.</param>
    /// <param name="ttl">Like <paramref name="dueTime"/>, counted from the first tick's due time.</param>
    /// <param name="now">The time of registration.</param>
    /// <returns>The schedule, or the text of the refusal.</returns>
    public static (ReminderSchedule? Schedule, string? Refusal) Parse(string? dueTime, string? period, string? ttl, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(dueTime) && string.IsNullOrEmpty(period))
            return (null, "dueTime and period are both empty");
        var due = now;
        if (!string.IsNullOrEmpty(dueTime) && !DaprTime.TryParsePoint(dueTime, now, out due))
            return (null, $"unsupported dueTime format: {dueTime}");

        TimeSpan? every = null;
        int? repetitions = null;
        if (!string.IsNullOrEmpty(period))
        {
            // Days, weeks, months and years have no fixed length for the scheduler and are refused, also by daprd.
            if (!DaprTime.TryParsePeriod(period, out var parsed) || parsed.HasDateParts)
                return (null, $"unsupported period format: {period}");
            if (parsed.Repetitions == 0)
                return (null, "has zero repetitions");
            // daprd accepts zero and then fires without pause; a tight loop helps nobody.
            if (parsed.Time <= TimeSpan.Zero)
                return (null, $"period must be greater than zero: {period}");
            (every, repetitions) = (parsed.Time, parsed.Repetitions);
        }

        // Without a due time the first tick comes after one period.
        var first = string.IsNullOrEmpty(dueTime) ? due + every!.Value : due;
        if (string.IsNullOrEmpty(ttl))
            return (new ReminderSchedule(first, every, repetitions, null), null);
        if (every is null)
            return (null, "ttl needs a period");
        if (!DaprTime.TryParsePoint(ttl, due, out var expires))
            return (null, $"unsupported ttl format: {ttl}");
        return expires < due
            ? (null, $"ttl {ttl} ends before the reminder is due")
            : (new ReminderSchedule(first, every, repetitions, expires), null);
    }

    /// <summary>
    /// The tick after <paramref name="last"/>, counted from when that one was due and not from now: missed ticks are caught up one after
    /// the other. Null when that was the last.
    /// </summary>
    /// <param name="last">When the last tick was due.</param>
    /// <param name="fired">Ticks so far, that one included.</param>
    public DateTimeOffset? Next(DateTimeOffset last, int fired)
    {
        if (Period is not { } period || fired >= Repetitions)
            return null;
        var next = last + period;
        return next > Expires ? null : next;
    }
}
