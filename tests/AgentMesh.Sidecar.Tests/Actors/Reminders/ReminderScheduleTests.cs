using System.Globalization;
using AgentMesh.Sidecar.Actors.Reminders;

namespace AgentMesh.Sidecar.Tests.Actors.Reminders;

public sealed class ReminderScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    // What the SDK writes.
    [InlineData("0h0m30s0ms", "0h5m0s0ms", null, "2026-01-31T12:00:30Z", 300.0, null)]
    [InlineData("0h0m0s0ms", "", null, "2026-01-31T12:00:00Z", null, null)]
    [InlineData("0h0m0s0ms", "R3/PT5S", "1h0m0s0ms", "2026-01-31T12:00:00Z", 5.0, 3)]
    [InlineData("", "0h0m0s50ms", null, "2026-01-31T12:00:00.050Z", 0.05, null)]
    // What else daprd accepts.
    [InlineData("2026-02-01T00:00:00Z", null, null, "2026-02-01T00:00:00Z", null, null)]
    [InlineData("2026-02-01T02:00:00+02:00", "1m", null, "2026-02-01T00:00:00Z", 60.0, null)]
    [InlineData("P1DT2H", "PT10S", null, "2026-02-01T14:00:00Z", 10.0, null)]
    [InlineData("P1M", "PT1H30M", null, "2026-02-28T12:00:00Z", 5400.0, null)]
    [InlineData("P2W", null, null, "2026-02-14T12:00:00Z", null, null)]
    [InlineData(null, "R5/PT10S", null, "2026-01-31T12:00:10Z", 10.0, 5)]
    public void Parse_Accepts(string? dueTime, string? period, string? ttl, string first, double? seconds, int? repetitions)
    {
        var (schedule, refusal) = ReminderSchedule.Parse(dueTime, period, ttl, Now);
        Assert.Null(refusal);
        Assert.Equal(DateTimeOffset.Parse(first, CultureInfo.InvariantCulture), schedule!.First);
        Assert.Equal(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), schedule.Period);
        Assert.Equal(repetitions, schedule.Repetitions);
    }

    [Theory]
    [InlineData(null, null, null, "both empty")]
    [InlineData("", "", null, "both empty")]
    [InlineData("tomorrow", null, null, "dueTime format")]
    [InlineData("R2/PT1S", null, null, "dueTime format")]
    [InlineData("PT1.5S", null, null, "dueTime format")]
    [InlineData("P", null, null, "dueTime format")]
    [InlineData("PT", null, null, "dueTime format")]
    [InlineData("PT1M1H", null, null, "dueTime format")]
    [InlineData("PT2147483647H", null, null, "dueTime format")]
    [InlineData("2562048h", null, null, "dueTime format")]
    [InlineData("1s", "P1D", null, "period format")]
    [InlineData("1s", "R2/P1DT", null, "period format")]
    [InlineData("1s", "R2/P1DT1S", null, "period format")]
    [InlineData("1s", "P1W", null, "period format")]
    [InlineData("1s", "R5", null, "period format")]
    [InlineData("1s", "R-1/PT1S", null, "period format")]
    [InlineData("1s", "@daily", null, "period format")]
    [InlineData("1s", "* * * * *", null, "period format")]
    [InlineData("1s", "R0/PT1S", null, "zero repetitions")]
    [InlineData("1s", "0h0m0s0ms", null, "greater than zero")]
    [InlineData("1s", "-1s", null, "greater than zero")]
    [InlineData("1s", null, "10s", "ttl needs a period")]
    [InlineData("10s", "1s", "-1s", "before")]
    [InlineData("10s", "1s", "later", "ttl format")]
    [InlineData("10s", "1s", "2026-01-31T12:00:09Z", "before")]
    public void Parse_Refuses(string? dueTime, string? period, string? ttl, string text)
    {
        var (schedule, refusal) = ReminderSchedule.Parse(dueTime, period, ttl, Now);
        Assert.Null(schedule);
        Assert.Contains(text, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Next_CountsFromWhenTheLastOneWasDue_AndEnds()
    {
        var (schedule, _) = ReminderSchedule.Parse("0s", "R3/PT10S", "15s", Now);
        Assert.Equal(Now.AddSeconds(10), schedule!.Next(Now, 1));
        Assert.Null(schedule.Next(Now.AddSeconds(10), 2));
        var (counted, _) = ReminderSchedule.Parse("0s", "R2/PT10S", null, Now);
        Assert.Equal(Now.AddSeconds(10), counted!.Next(Now, 1));
        Assert.Null(counted.Next(Now.AddSeconds(10), 2));
        var (once, _) = ReminderSchedule.Parse("0s", null, null, Now);
        Assert.Null(once!.Next(Now, 1));
    }
}
