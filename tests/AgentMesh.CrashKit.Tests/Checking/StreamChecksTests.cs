using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Tests.Checking;

/// <summary>A watcher gets every event once, in order, and as the log has it.</summary>
public sealed class StreamChecksTests
{
    /// <summary>Numbers that came to a watcher of a log of 1 to 4, which has to come to 4.</summary>
    [Theory]
    [InlineData(new[] { 1, 2, 3, 4 }, null)]
    [InlineData(new[] { 1, 2, 3 }, ViolationKind.Lost)]
    [InlineData(new int[0], ViolationKind.Lost)]
    [InlineData(new[] { 2, 3, 4 }, ViolationKind.Lost)]
    [InlineData(new[] { 1, 3, 4 }, ViolationKind.Lost)]
    [InlineData(new[] { 1, 2, 2, 3, 4 }, ViolationKind.Doubled)]
    [InlineData(new[] { 1, 2, 3, 4, 4 }, ViolationKind.Doubled)]
    [InlineData(new[] { 1, 2, 3, 1, 4 }, ViolationKind.Doubled)]
    [InlineData(new[] { 1, 2, 3, 4, 5 }, ViolationKind.Wrong)]
    public void Watcher_GetsEachNumberOnce(int[] numbers, ViolationKind? expected) =>
        Assert.Equal(expected, StreamChecks.Of(Got([.. numbers.Select(number => Event(number))]), Log(4), due: 4).Select(violation => (ViolationKind?)violation.Kind).Distinct().SingleOrDefault());

    /// <summary>What was stored after the watchers were asked to end may have come to them or not.</summary>
    [Theory]
    [InlineData(2, 3, true)]
    [InlineData(3, 3, false)]
    [InlineData(4, 3, false)]
    public void Watcher_HasToComeAsFarAsIsDue(int last, int due, bool isWrong) =>
        Assert.Equal(isWrong, StreamChecks.Of(Got([.. Enumerable.Range(1, last).Select(number => Event(number))]), Log(4), due).Any());

    [Fact]
    public void Watcher_GetsWhatTheLogHas()
    {
        var violation = Assert.Single(StreamChecks.Of(Got(Event(1), Event(2) with { Text = "another" }), Log(2), due: 2));
        Assert.Equal((ViolationKind.Wrong, "A watcher got another event than the log has by that number."), (violation.Kind, violation.What));
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3 }, false)]
    [InlineData(new int[0], false)]
    [InlineData(new[] { 2, 3 }, true)]
    [InlineData(new[] { 1, 3 }, true)]
    [InlineData(new[] { 1, 2, 2 }, true)]
    [InlineData(new[] { 2, 1 }, true)]
    public void Log_HasNoGap(int[] numbers, bool isWrong) => Assert.Equal(isWrong, StreamChecks.Log("alice", [.. numbers.Select(number => Event(number))]).Any());

    private static Watched Got(params LogEvent[] events) => new("poll", "alice", [.. events.Select(one => new WatchedEvent(1, one))]);

    private static LogEvent[] Log(int last) => [.. Enumerable.Range(1, last).Select(number => Event(number))];

    private static LogEvent Event(int seq) => new(seq, "message", "1", "user", $"text {seq}");
}
