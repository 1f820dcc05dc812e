using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.DueWork;

namespace AgentMesh.Agents.Tests.DueWork;

/// <summary>When an agent tells the index, with a sweep every 60 s and a grace of 30 s: seconds from now.</summary>
public sealed class DueRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly DueRules Rules = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData(0, null, null, null)]
    [InlineData(1, null, null, 60)]
    [InlineData(1, 3600, null, 60)]
    [InlineData(0, 3600, null, 3600)]
    [InlineData(0, null, 3600, 3600)]
    [InlineData(0, 7200, 3600, 3600)]
    [InlineData(0, 61, null, 61)]
    [InlineData(0, 60, null, 60)]
    [InlineData(0, 59, null, 60)]
    [InlineData(0, -1, null, 60)]
    public void Next_IsTheEarliest_AndNoSoonerThanTheNextSweep(int turns, int? schedule, int? expiry, int? expected) =>
        Assert.Equal(At(expected), Rules.NextOf(Head(turns, schedule, expiry), Now));

    [Theory]
    // Nothing to do, nothing to tell.
    [InlineData(0, null, null, null)]
    [InlineData(0, null, 3600, null)]
    // Not told yet, or told a later time.
    [InlineData(0, 3600, null, 3600)]
    [InlineData(0, 3600, 3601, 3600)]
    [InlineData(1, null, 61, 60)]
    // Told, and it is to come.
    [InlineData(0, 3600, 3600, null)]
    [InlineData(0, 3600, 1, null)]
    [InlineData(1, null, 60, null)]
    [InlineData(1, null, 1, null)]
    // What was told has passed and nothing is overdue: the reminder has done it.
    [InlineData(0, 3600, 0, 3600)]
    [InlineData(0, 1, 0, 60)]
    // What was told has passed and something is overdue: the sweep is to find it, unless it should have long ago.
    [InlineData(1, null, 0, null)]
    [InlineData(0, 0, 0, null)]
    [InlineData(0, -5, -149, null)]
    [InlineData(0, -5, -150, 60)]
    [InlineData(1, null, -150, 60)]
    [InlineData(1, null, -149, null)]
    public void Note_IsMade_WhenTheIndexKnowsTooLittle(int turns, int? due, int? noted, int? expected) =>
        Assert.Equal(At(expected), Rules.ToNote(Head(turns, due, null), At(noted), Now));

    private static DateTimeOffset? At(int? seconds) => seconds is { } known ? Now.AddSeconds(known) : null;

    private static AgentHead Head(int turns, int? schedule, int? expiry) =>
        AgentHead.Unborn(Now.AddDays(-1)) with { OpenTurns = turns, NextSchedule = At(schedule), NextExpiry = At(expiry) };
}
