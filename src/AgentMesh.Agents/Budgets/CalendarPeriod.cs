using AgentMesh.Agents.Schedules;

namespace AgentMesh.Agents.Budgets;

/// <summary>The days, weeks or months of a time zone.</summary>
/// <param name="Unit">Which of them.</param>
/// <param name="ZoneId">The zone's IANA name.</param>
internal sealed record CalendarPeriod(CalendarUnit Unit, string ZoneId)
{
    // Looked up when it is needed, by everybody anew: the system keeps them.
    private TimeZoneInfo? Zone => TimeZones.Find(ZoneId);

    /// <summary>False when the system knows no such zone.</summary>
    internal bool IsKnown => Zone is not null;

    /// <summary>Reads <c>day:ZONE</c>, <c>week:ZONE</c> or <c>month:ZONE</c>; null for anything else.</summary>
    internal static CalendarPeriod? Read(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        CalendarUnit? unit = colon < 0 ? null : text[..colon] switch
        {
            "day" => CalendarUnit.Day,
            "week" => CalendarUnit.Week,
            "month" => CalendarUnit.Month,
            _ => null,
        };
        return unit is { } known ? new CalendarPeriod(known, text[(colon + 1)..]) : null;
    }

    /// <summary>When the period that has a moment began; null: the zone is not known.</summary>
    internal DateTimeOffset? StartOf(DateTimeOffset now) => Zone is { } zone ? FirstMomentOf(FirstDay(now, zone), zone) : null;

    /// <summary>When the period that has a moment ends, which is when the next one begins; null: the zone is not known.</summary>
    internal DateTimeOffset? EndOf(DateTimeOffset now)
    {
        if (Zone is not { } zone)
            return null;
        var first = FirstDay(now, zone);
        var next = Unit switch { CalendarUnit.Day => first.AddDays(1), CalendarUnit.Week => first.AddDays(7), _ => first.AddMonths(1) };
        var end = FirstMomentOf(next, zone);
        // An island that changes sides of the date line leaves a day out: that one is over before it begins, and the day after it comes.
        return end > now ? end : FirstMomentOf(next.AddDays(1), zone);
    }

    private DateTime FirstDay(DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        return Unit switch
        {
            CalendarUnit.Day => today,
            CalendarUnit.Week => today.AddDays(-(((int)today.DayOfWeek + 6) % 7)),
            _ => today.AddDays(1 - today.Day),
        };
    }

    /// <summary>Midnight, or what comes in its place where clocks are set forward at midnight; the first of the two where they are set back over it.</summary>
    private static DateTimeOffset FirstMomentOf(DateTime day, TimeZoneInfo zone)
    {
        var time = day;
        // A day at most: no clock was ever set forward by more, and a zone that says so ends the search.
        for (var minutes = 0; minutes < 24 * 60 && zone.IsInvalidTime(time); minutes++)
            time = time.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(time) ? zone.GetAmbiguousTimeOffsets(time).Max() : zone.GetUtcOffset(time);
        return new DateTimeOffset(time, offset).ToUniversalTime();
    }
}

/// <summary>Lengths of calendar windows.</summary>
internal enum CalendarUnit
{
    /// <summary>From midnight.</summary>
    Day,

    /// <summary>From Monday.</summary>
    Week,

    /// <summary>From the first.</summary>
    Month,
}
