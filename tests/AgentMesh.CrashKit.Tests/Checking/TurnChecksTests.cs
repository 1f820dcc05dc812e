using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Tests.Checking;

/// <summary>A turn that was accepted ends once, with the answer to its message.</summary>
public sealed class TurnChecksTests
{
    private const string Right = "You said: x";

    /// <summary>What the mesh says of turn 7, its events in the log (u: message, a: answer, e: error), and what is wrong.</summary>
    [Theory]
    [InlineData("completed", "ua", null)]
    [InlineData("failed", "ue", null)]
    [InlineData("canceled", "ue", null)]
    [InlineData("queued", "u", ViolationKind.Wrong)]
    [InlineData("running", "u", ViolationKind.Wrong)]
    [InlineData("paused", "u", ViolationKind.Wrong)]
    [InlineData("", "", ViolationKind.Lost)]
    [InlineData("completed", "", ViolationKind.Lost)]
    [InlineData("completed", "u", ViolationKind.Lost)]
    [InlineData("completed", "a", ViolationKind.Lost)]
    [InlineData("completed", "uua", ViolationKind.Doubled)]
    [InlineData("completed", "uaa", ViolationKind.Doubled)]
    [InlineData("completed", "uae", ViolationKind.Doubled)]
    [InlineData("completed", "au", ViolationKind.Wrong)]
    [InlineData("completed", "ue", ViolationKind.Wrong)]
    [InlineData("failed", "ua", ViolationKind.Wrong)]
    public void AcceptedTurn_EndsOnce(string status, string events, ViolationKind? expected) =>
        Assert.Equal(expected, TurnChecks.All("alice", [new EndedTurn(Accepted, "7", status, status == "completed" ? Right : null)], Log("7", events), _ => null).SingleOrDefault()?.Kind);

    [Theory]
    [InlineData(Right, Right, Right, false)]
    [InlineData(Right, Right, null, false)]
    [InlineData(Right, Right, "You said: y", true)]
    [InlineData(Right, "You said: y", Right, true)]
    [InlineData("You said: y", Right, Right, true)]
    public void Answer_IsItsEvents_AndTheOneToItsMessage(string response, string stored, string? expected, bool isWrong) =>
        Assert.Equal(isWrong, TurnChecks.All("alice", [new EndedTurn(Accepted, "7", "completed", response)], Log("7", "ua", stored), _ => expected).Count > 0);

    [Fact]
    public void MessageOfATurn_IsTheOneThatWasSent()
    {
        LogEvent[] log = [new LogEvent(1, "message", "7", "user", "y"), new LogEvent(2, "message", "7", "assistant", Right)];
        Assert.Equal(ViolationKind.Wrong, Assert.Single(TurnChecks.All("alice", [new EndedTurn(Accepted, "7", "completed", Right)], log, _ => null)).Kind);
    }

    /// <summary>A turn of which nobody has heard may be there, and end or not, but not twice.</summary>
    [Theory]
    [InlineData("u", false)]
    [InlineData("ua", false)]
    [InlineData("ue", false)]
    [InlineData("uu", true)]
    [InlineData("uaa", true)]
    [InlineData("uae", true)]
    public void UnknownTurn_EndsOnceAtMost(string events, bool isWrong) => Assert.Equal(isWrong, TurnChecks.All("alice", [], Log("8", events), _ => null).Count > 0);

    private static Operation Accepted { get; } = new(0, "c1", "alice", "turn", "x", "k", default, default, Outcome.Acknowledged);

    private static LogEvent[] Log(string turn, string events, string answer = Right) => [.. events.Select((kind, n) => kind switch
    {
        'u' => new LogEvent(n + 1, "message", turn, "user", "x"),
        'a' => new LogEvent(n + 1, "message", turn, "assistant", answer),
        _ => new LogEvent(n + 1, "error", turn, "", "{}"),
    })];
}
