using System.Globalization;
using AgentMesh.Agents.Schedules;

namespace AgentMesh.Agents.Tests.Schedules;

/// <summary>When schedules run. The rules for daylight saving are those of <c>docs/schedules.md</c>.</summary>
public sealed class ScheduleTimingTests
{
    private static readonly DateTimeOffset Made = Time("2026-01-02T03:04:05.678Z");

    [Theory]
    [InlineData("at=2026-01-02T03:04:05.679Z", null)]
    [InlineData("at=2026-01-02T03:04:05.678Z", "at is a time to come")]
    [InlineData("at=9999-12-31T23:59:59Z", null)]
    [InlineData("every=9", "everySeconds is 10 to 31622400")]
    [InlineData("every=10", null)]
    [InlineData("every=31622400", null)]
    [InlineData("every=31622401", "everySeconds is 10 to 31622400")]
    [InlineData("every=-10", "everySeconds is 10 to 31622400")]
    [InlineData("cron=* * * * *", null)]
    [InlineData("cron=0 9 * * MON-FRI", null)]
    [InlineData("cron=  0   9 * * 1 ", null)]
    [InlineData("cron=0 0 L * *", null)]
    [InlineData("cron=* * * *", "cron has five fields")]
    [InlineData("cron=* * * * * *", "cron has five fields")]
    [InlineData("cron=@hourly", "cron has five fields")]
    [InlineData("cron=@every_second", "cron has five fields")]
    [InlineData("cron=60 * * * *", "cron has five fields")]
    [InlineData("cron=H * * * *", "cron has five fields")]
    [InlineData("cron=", "cron has five fields")]
    [InlineData("cron=0 0 30 2 *", "there is no time")]
    [InlineData("cron=* * * * *,zone=Europe/Berlin", null)]
    [InlineData("cron=* * * * *,zone=UTC", null)]
    [InlineData("cron=* * * * *,zone=Etc/GMT+5", null)]
    [InlineData("cron=* * * * *,zone=Mars/Olympus", "timeZone is")]
    [InlineData("cron=* * * * *,zone=W. Europe Standard Time", "timeZone is")]
    [InlineData("cron=* * * * *,zone=../zoneinfo/UTC", "timeZone is")]
    [InlineData("cron=* * * * *,zone=/UTC", "timeZone is")]
    [InlineData("cron=* * * * *,zone=Europe/./Berlin", "timeZone is")]
    [InlineData("cron=* * * * *,zone=Europe/../UTC", "timeZone is")]
    [InlineData("cron=* * * * *,zone=", "timeZone is")]
    [InlineData("every=10,zone=UTC", "timeZone is")]
    [InlineData("every=10,missed=once", null)]
    [InlineData("every=10,missed=skip", null)]
    [InlineData("every=10,missed=all", "missed is")]
    [InlineData("every=10,until=2026-01-02T03:04:15.678Z", null)]
    [InlineData("every=10,until=2026-01-02T03:04:15.677Z", "there is no time")]
    [InlineData("at=2026-01-03T00:00:00Z,until=2026-01-03T00:00:00Z", null)]
    [InlineData("at=2026-01-03T00:00:00Z,until=2026-01-02T23:59:59Z", "there is no time")]
    [InlineData("", "exactly one")]
    [InlineData("at=2026-01-03T00:00:00Z,every=10", "exactly one")]
    [InlineData("every=10,cron=* * * * *", "exactly one")]
    public void Times_AreChecked(string times, string? detail)
    {
        var created = ScheduleTiming.Create(Parse(times), Made);
        Assert.Equal(detail is null, !created.IsRefused);
        if (detail is null)
            return;
        Assert.Equal("invalid_schedule", created.Refusal!.Code);
        Assert.Contains(detail, created.Refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void LongCron_IsRefused()
    {
        var cron = "0 9 * * 1".PadRight(ScheduleLimits.CronCharacters);
        Assert.False(ScheduleTiming.Create(new(null, null, cron, null, null, null), Made).IsRefused);
        Assert.True(ScheduleTiming.Create(new(null, null, cron + " ", null, null, null), Made).IsRefused);
    }

    /// <summary>The interval is counted from when the schedule was made, whenever anybody looks.</summary>
    [Theory]
    [InlineData("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:15.678Z")]
    [InlineData("2026-01-02T03:04:15.677Z", "2026-01-02T03:04:15.678Z")]
    [InlineData("2026-01-02T03:04:15.678Z", "2026-01-02T03:04:25.678Z")]
    [InlineData("2026-01-02T03:04:15.679Z", "2026-01-02T03:04:25.678Z")]
    [InlineData("2027-01-02T03:04:20Z", "2027-01-02T03:04:25.678Z")]
    [InlineData("2020-01-01T00:00:00Z", "2026-01-02T03:04:15.678Z")]
    public void Every_IsAnchored(string after, string next) => Assert.Equal(Time(next), Timing("every=10").After(Time(after)));

    /// <summary>
    /// 02:00 becomes 03:00 in Berlin on 2026-03-29 and in New York on 2026-03-08; 03:00 becomes 02:00 in Berlin on 2026-10-25 and 02:00 becomes
    /// 01:00 in New York on 2026-11-01.
    /// </summary>
    [Theory]
    // A fixed time that the night of the change does not have: at the end of the gap.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("30 2 * * *", "America/New_York", "2026-03-07T00:00:00Z", "2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z")]
    // A fixed time that it has twice: once, the first time.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("30 1 * * *", "America/New_York", "2026-10-31T00:00:00Z", "2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z")]
    // Intervals go on in real time: nothing in the gap, and both of the repeated hours.
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z")]
    [InlineData("0 * * * *", "America/New_York", "2026-11-01T04:30:00Z", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z")]
    // Elsewhere in the day the local time stays what it is.
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z")]
    [InlineData("0 9 * * *", "UTC", "2026-03-28T00:00:00Z", "2026-03-28T09:00:00Z", "2026-03-29T09:00:00Z", "2026-03-30T09:00:00Z")]
    public void Cron_FollowsItsZone(string cron, string zone, string after, string first, string second, string third)
    {
        var timing = Timing($"cron={cron},zone={zone}");
        var times = new List<DateTimeOffset>();
        for (var at = Time(after); times.Count < 3; at = times[^1])
            times.Add(timing.After(at)!.Value);
        Assert.Equal([Time(first), Time(second), Time(third)], times);
        Assert.All(times, time => Assert.Equal(TimeSpan.Zero, time.Offset));
    }

    /// <summary>The target is 03:04:15.678 and every 10 s from there. Two minutes late is in time, and more is missed.</summary>
    [Theory]
    [InlineData("every=10", "2026-01-02T03:04:15.678Z", true, "2026-01-02T03:04:25.678Z")]
    [InlineData("every=10", "2026-01-02T03:04:25.677Z", true, "2026-01-02T03:04:25.678Z")]
    [InlineData("every=10", "2026-01-02T03:04:25.678Z", true, "2026-01-02T03:04:35.678Z")]
    [InlineData("every=10", "2026-01-09T00:00:00Z", true, "2026-01-09T00:00:05.678Z")]
    [InlineData("every=10,missed=skip", "2026-01-02T03:04:15.678Z", true, "2026-01-02T03:04:25.678Z")]
    // Of many the last is in time.
    [InlineData("every=10,missed=skip", "2026-01-09T00:00:00Z", true, "2026-01-09T00:00:05.678Z")]
    [InlineData("at=2026-01-02T03:04:15.678Z,missed=skip", "2026-01-02T03:06:15.678Z", true, null)]
    [InlineData("at=2026-01-02T03:04:15.678Z,missed=skip", "2026-01-02T03:06:15.679Z", false, null)]
    [InlineData("at=2026-01-02T03:04:15.678Z", "2027-01-02T03:06:15.679Z", true, null)]
    // Of those at 03:04:15.678 and 04:04:15.678 none, then the second: in time until two minutes later.
    [InlineData("at3600", "2026-01-02T05:03:00Z", false, "2026-01-02T05:04:05.678Z")]
    [InlineData("at3600", "2026-01-02T05:06:05.678Z", true, "2026-01-02T06:04:05.678Z")]
    [InlineData("at3600", "2026-01-02T05:06:05.679Z", false, "2026-01-02T06:04:05.678Z")]
    // The next has come at this very moment, so that it runs in place of the one that was missed.
    [InlineData("at3600", "2026-01-02T05:04:05.677Z", false, "2026-01-02T05:04:05.678Z")]
    [InlineData("at3600", "2026-01-02T05:04:05.678Z", true, "2026-01-02T06:04:05.678Z")]
    // What was missed before the end still runs, once.
    [InlineData("every=10,until=2026-01-02T03:04:30Z", "2026-01-02T03:10:00Z", true, null)]
    public void Due_SaysWhetherItRunsAndWhatIsNext(string times, string now, bool runs, string? next)
    {
        var timing = Timing(times == "at3600" ? "every=3600,missed=skip" : times);
        var due = timing.Due(timing.After(Made)!.Value, Time(now));
        Assert.Equal((runs, next is null ? null : Time(next)), (due.Runs, due.Next));
    }

    /// <summary>A schedule whose next time the calendar does not have is over.</summary>
    [Theory]
    [InlineData(30, 0, 10)]
    [InlineData(30, 10, 20)]
    [InlineData(30, 20, null)]
    [InlineData(29, 10, null)]
    [InlineData(19, 0, null)]
    public void Every_EndsWithTheCalendar(int secondsBefore, int after, int? next)
    {
        var from = DateTimeOffset.MaxValue.AddSeconds(-secondsBefore);
        Assert.Equal(next is { } seconds ? from.AddSeconds(seconds) : null, (Timing("every=10") with { From = from }).After(from.AddSeconds(after)));
    }

    [Fact]
    public void ZoneThatTheSystemDoesNotKnowAnyMore_HasNoTimes() =>
        Assert.Null((Timing("cron=* * * * *") with { TimeZone = "Mars/Olympus" }).After(Made));

    /// <summary>An occurrence that has come runs all the same while it is in time.</summary>
    [Theory]
    [InlineData(120_000, true)]
    [InlineData(120_001, false)]
    public void OccurrenceOfSuchAZone_RunsInTime(int milliseconds, bool runs)
    {
        var timing = Timing("cron=* * * * *,missed=skip") with { TimeZone = "Mars/Olympus" };
        Assert.Equal(new DueOccurrence(runs, null), timing.Due(Made, Made.AddMilliseconds(milliseconds)));
    }

    internal static TimingRequest Parse(string times)
    {
        var parts = times.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        return new TimingRequest(
            parts.TryGetValue("at", out var at) ? Time(at) : null,
            parts.TryGetValue("every", out var every) ? int.Parse(every, CultureInfo.InvariantCulture) : null,
            parts.GetValueOrDefault("cron"),
            parts.GetValueOrDefault("zone"),
            parts.GetValueOrDefault("missed"),
            parts.TryGetValue("until", out var until) ? Time(until) : null);
    }

    private static ScheduleTiming Timing(string times) => ScheduleTiming.Create(Parse(times), Made).Value!;

    private static DateTimeOffset Time(string iso) => DateTimeOffset.Parse(iso, CultureInfo.InvariantCulture);
}
