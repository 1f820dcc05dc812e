using System.Globalization;
using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>Days that do not begin at midnight. The next of them is a government's decision away, so the rule is held against those that were.</summary>
public sealed class CalendarPeriodTests
{
    [Theory]
    // Toronto went from 23:30 to 0:30 in the night to 31 March 1919: the day begins at half past twelve.
    [InlineData("day:America/Toronto", "1919-03-31T12:00:00Z", "1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z")]
    [InlineData("day:America/Toronto", "1919-03-30T12:00:00Z", "1919-03-30T05:00:00Z", "1919-03-31T04:30:00Z")]
    // Lisbon, in summer time already, went on from midnight to 1:00: 26 April 1942 begins at one o'clock.
    [InlineData("day:Europe/Lisbon", "1942-04-26T12:00:00Z", "1942-04-25T23:00:00Z", "1942-04-26T22:00:00Z")]
    // Samoa left out all of 30 December 2011: the 29th is followed by the 31st. Cause: it was said to end at a midnight that never was, hours ago.
    [InlineData("day:Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z")]
    [InlineData("day:Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z")]
    [InlineData("week:Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-26T10:00:00Z", "2012-01-01T10:00:00Z")]
    public void Period_BeginsAndEndsAtTheFirstMomentOfADay(string period, string now, string start, string end)
    {
        var known = CalendarPeriod.Read(period)!;
        Assert.Equal((Time(start), Time(end)), (known.StartOf(Time(now)), known.EndOf(Time(now))));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
