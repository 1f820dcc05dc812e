using System.Globalization;
using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>Which spending a limit counts, to the millisecond.</summary>
public sealed class BudgetWindowTests
{
    private readonly FakeLedger _agent = new();

    [Theory]
    [InlineData("once", true)]
    [InlineData("rolling:1m", true)]
    [InlineData("rolling:0m", false)]
    [InlineData("rolling:24h", true)]
    [InlineData("rolling:744h", true)]
    [InlineData("rolling:745h", false)]
    [InlineData("rolling:44640m", true)]
    [InlineData("rolling:44641m", false)]
    [InlineData("rolling:024h", false)]
    [InlineData("rolling:+1h", false)]
    [InlineData("rolling:1.5h", false)]
    [InlineData("rolling:90s", false)]
    [InlineData("rolling:h", false)]
    [InlineData("rolling:99999999999h", false)]
    [InlineData("calendar:day:UTC", true)]
    [InlineData("calendar:week:Europe/Berlin", true)]
    [InlineData("calendar:month:America/New_York", true)]
    [InlineData("calendar:year:UTC", false)]
    [InlineData("calendar:day:", false)]
    [InlineData("calendar:day", false)]
    [InlineData("calendar:day:No/Where", false)]
    [InlineData("calendar:day:../../etc/passwd", false)]
    [InlineData("", false)]
    [InlineData("Once", false)]
    [InlineData("rolling", false)]
    [InlineData("rolling:", false)]
    [InlineData("rolling:1", false)]
    public void Text_IsReadOrRefused(string text, bool isWindow)
    {
        var window = BudgetWindow.TryParse(text);
        Assert.Equal(isWindow ? text : null, window?.ToString());
    }

    [Theory]
    [InlineData("rolling:1m", 59_999, false)]
    [InlineData("rolling:1m", 60_000, true)]
    [InlineData("rolling:24h", 86_399_999, false)]
    [InlineData("rolling:24h", 86_400_000, true)]
    [InlineData("once", 100_000_000_000, false)]
    public void Spending_LeavesARollingWindowExactlyItsLengthLater(string window, long ms, bool isFree)
    {
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, window, 100));
        _agent.Spend("all", 100);
        _agent.Now += TimeSpan.FromMilliseconds(ms);
        Assert.Equal(isFree, !_agent.Hold("more", 1).IsRefused);
    }

    // A part of a window of an hour is a minute long: what is spent in one leaves together, when the last of it may.
    [Theory]
    [InlineData(0, 59_000, 3_600_000, 0)]
    [InlineData(0, 59_000, 3_658_999, 0)]
    [InlineData(0, 59_000, 3_659_000, 20)]
    [InlineData(0, 60_000, 3_599_999, 0)]
    [InlineData(0, 60_000, 3_600_000, 10)]
    [InlineData(0, 60_000, 3_660_000, 20)]
    public void Spending_OfOnePartLeavesTogether(int first, int second, int now, int available)
    {
        var start = _agent.Now;
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:1h", 20));
        _agent.Now = start.AddMilliseconds(first);
        _agent.Spend("first", 10);
        _agent.Now = start.AddMilliseconds(second);
        _agent.Spend("second", 10);
        _agent.Now = start.AddMilliseconds(now);
        Assert.Equal((UInt128)available, _agent.First().Available);
    }

    [Fact]
    public void RollingWindow_KeepsNoMorePartsThanItHas()
    {
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:1h", 10_000));
        // Two or three in each part, for a quarter of an hour longer than the window is.
        for (var n = 0; n < 180; n++)
        {
            _agent.Spend($"hold {n}", 1);
            _agent.Now += TimeSpan.FromSeconds(25);
        }

        Assert.InRange(_agent.Ledger.Meters[0].Slices.Length, 60, 61);
    }

    [Theory]
    // A day of 24 hours.
    [InlineData("calendar:day:UTC", "2026-03-02T00:00:00.000Z", "2026-03-02T23:59:59.999Z", "2026-03-03T00:00:00.000Z")]
    // Berlin in winter and in summer.
    [InlineData("calendar:day:Europe/Berlin", "2026-01-14T23:00:00.000Z", "2026-01-15T22:59:59.999Z", "2026-01-15T23:00:00.000Z")]
    [InlineData("calendar:day:Europe/Berlin", "2026-07-14T22:00:00.000Z", "2026-07-15T21:59:59.999Z", "2026-07-15T22:00:00.000Z")]
    // Clocks forward on 29 March: 23 hours; back on 25 October: 25 hours.
    [InlineData("calendar:day:Europe/Berlin", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z", "2026-03-29T22:00:00.000Z")]
    [InlineData("calendar:day:Europe/Berlin", "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z", "2026-10-25T23:00:00.000Z")]
    // Santiago sets its clocks forward at midnight: 6 September 2026 begins at one o'clock.
    [InlineData("calendar:day:America/Santiago", "2026-09-06T04:00:00.000Z", "2026-09-07T02:59:59.999Z", "2026-09-07T03:00:00.000Z")]
    // Havana sets them back from one to midnight: the first of the two begins 1 November 2026.
    [InlineData("calendar:day:America/Havana", "2026-11-01T04:00:00.000Z", "2026-11-02T04:59:59.999Z", "2026-11-02T05:00:00.000Z")]
    // Monday to Sunday, over the end of a year.
    [InlineData("calendar:week:UTC", "2025-12-29T00:00:00.000Z", "2026-01-04T23:59:59.999Z", "2026-01-05T00:00:00.000Z")]
    [InlineData("calendar:week:Asia/Tokyo", "2026-03-01T15:00:00.000Z", "2026-03-08T14:59:59.999Z", "2026-03-08T15:00:00.000Z")]
    // The month of a leap year.
    [InlineData("calendar:month:UTC", "2028-02-01T00:00:00.000Z", "2028-02-29T23:59:59.999Z", "2028-03-01T00:00:00.000Z")]
    [InlineData("calendar:month:Europe/Berlin", "2026-02-28T23:00:00.000Z", "2026-03-31T21:59:59.999Z", "2026-03-31T22:00:00.000Z")]
    public void CalendarWindow_BeginsAndEndsInItsZone(string window, string first, string last, string next)
    {
        _agent.Now = Time(first).AddMilliseconds(-1);
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, window, 10));
        _agent.Spend("before", 10);
        _agent.Now = Time(first);
        _agent.Spend("first", 10);
        _agent.Now = Time(last);
        var refusal = Assert.IsType<BudgetRefusal>(_agent.Hold("over", 1).Refusal);
        Assert.Equal(Time(next), refusal.Shortage.ResetsAt);
        Assert.Equal(Time(next), _agent.Ledger.View(_agent.Rules, _agent.Now)[0].ResetsAt);
        _agent.Now = Time(next);
        _agent.Spend("next", 10);
    }

    [Fact]
    public void ZoneThatTheSystemDoesNotKnowAnyMore_FreesNothing()
    {
        var window = BudgetWindow.Read("calendar:day:No/Where")!;
        _agent.Set(new BudgetLimit("agent", FakeLedger.Usdc, window, 10));
        _agent.Spend("all", 10);
        _agent.Now += TimeSpan.FromDays(400);
        Assert.Equal("budget_exceeded", _agent.Hold("more", 1).Refusal?.Code);
        Assert.Null(_agent.Ledger.View(_agent.Rules, _agent.Now)[0].ResetsAt);
    }

    [Fact]
    public void Time_DoesNotGoBack()
    {
        _agent.Spend("all", 100);
        var spent = _agent.Now;
        _agent.Now = spent.AddDays(-30);
        Assert.Equal("budget_exceeded", _agent.Hold("more", 1).Refusal?.Code);
        _agent.MarkUnknown("all");
        _agent.Now = spent.AddHours(24).AddMilliseconds(-1);
        Assert.Equal("budget_exceeded", _agent.Hold("more", 1).Refusal?.Code);
        _agent.Now = spent.AddHours(24);
        Assert.Null(_agent.Hold("more", 1).Refusal);
    }

    [Theory]
    [InlineData("posted", 24 * 60, 0)]
    [InlineData("held", 24 * 60, 50)]
    [InlineData("unknown", 24 * 60, 50)]
    public void Hold_CountsInEveryWindowWhileItIsOpen(string state, int minutes, int counted)
    {
        _agent.Hold("one", 50, expiresMs: 100_000_000);
        if (state == "posted")
            _agent.Post("one", 50);
        if (state == "unknown")
            _agent.MarkUnknown("one");
        _agent.Now += TimeSpan.FromMinutes(minutes);
        var (posted, held, _, _) = _agent.First();
        Assert.Equal((UInt128)counted, posted + held);
        _agent.Post("one", 50);
        Assert.Equal((UInt128)counted, _agent.First().Posted);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
