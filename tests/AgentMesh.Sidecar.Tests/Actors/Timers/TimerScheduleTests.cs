using System.Globalization;
using AgentMesh.Sidecar.Actors.Timers;

namespace AgentMesh.Sidecar.Tests.Actors.Timers;

public sealed class TimerScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", "", "", "01-31T12:00:00")]
    [InlineData("0h0m2s0ms", "", "", "01-31T12:00:02")]
    [InlineData("", "10s", "25s", "01-31T12:00:00 01-31T12:00:10 01-31T12:00:20")]
    [InlineData("5s", "10s", "10s", "01-31T12:00:05 01-31T12:00:15")]
    [InlineData("", "R3/PT1S", "", "01-31T12:00:00 01-31T12:00:01 01-31T12:00:02")]
    [InlineData("", "R2/P1D", "", "01-31T12:00:00 02-01T12:00:00")]
    [InlineData("", "R3/P1M", "", "01-31T12:00:00 02-28T12:00:00 03-28T12:00:00")]
    [InlineData("P1W", "R2/P1DT1H", "", "02-07T12:00:00 02-08T13:00:00")]
    [InlineData("2026-02-01T00:00:00Z", "", "", "02-01T00:00:00")]
    [InlineData("1s", "0h0m0s0ms", "", "01-31T12:00:01")]
    [InlineData("P9999Y", "", "", "12-31T23:59:59")]
    public void Parse_GivesTheseTicks(string dueTime, string period, string ttl, string expected)
    {
        var (schedule, refusal) = TimerSchedule.Parse(dueTime, period, ttl, Now);
        Assert.Null(refusal);
        var ticks = new List<DateTimeOffset>();
        for (DateTimeOffset? tick = schedule!.First; tick is { } at && ticks.Count < 10; tick = schedule.Next(at, ticks.Count))
            ticks.Add(at);
        Assert.Equal(expected, string.Join(' ', ticks.Select(tick => tick.ToString("MM-ddTHH:mm:ss", CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData("soon", "", "", "unsupported dueTime format: soon")]
    [InlineData("", "@daily", "", "unsupported period format: @daily")]
    [InlineData("", "R0/PT1S", "", "has zero repetitions")]
    [InlineData("", "-1s", "", "period must not be negative: -1s")]
    [InlineData("", "1s", "R1/PT1S", "unsupported ttl format: R1/PT1S")]
    [InlineData("", "1s", "2026-01-31T11:59:59Z", "has already expired: 2026-01-31T11:59:59Z")]
    public void Parse_Refuses(string dueTime, string period, string ttl, string expected) =>
        Assert.Equal(expected, TimerSchedule.Parse(dueTime, period, ttl, Now).Refusal);
}
