using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Tests.Checking;

/// <summary>What clients know of an agent's messages, against what is read back.</summary>
public sealed class MessageChecksTests
{
    /// <summary>Outcomes of the tries of one message (a, u, r), how often it is in the history, and what is wrong.</summary>
    [Theory]
    [InlineData("a", 1, null)]
    [InlineData("a", 0, ViolationKind.Lost)]
    [InlineData("a", 2, ViolationKind.Doubled)]
    [InlineData("u", 0, null)]
    [InlineData("u", 1, null)]
    [InlineData("u", 2, ViolationKind.Doubled)]
    [InlineData("ua", 1, null)]
    [InlineData("uua", 0, ViolationKind.Lost)]
    [InlineData("aa", 1, null)]
    [InlineData("au", 0, ViolationKind.Lost)]
    [InlineData("r", 0, null)]
    [InlineData("r", 1, ViolationKind.Wrong)]
    [InlineData("ur", 1, null)]
    [InlineData("ra", 1, null)]
    public void Message_IsThere_AsOftenAsItsOutcomesSay(string outcomes, int stored, ViolationKind? expected)
    {
        var operations = outcomes.Select((outcome, n) => Sent(n, "c1", "x", n, n + 0.5, outcome, "k")).ToList();
        var reading = Read(Enumerable.Range(1, stored).Select(n => (2L * n, "x")));
        Assert.Equal(expected, MessageChecks.Presence("alice", operations, reading, _ => false).SingleOrDefault()?.Kind);
    }

    [Theory]
    [InlineData(true, ViolationKind.Leaked)]
    [InlineData(false, ViolationKind.Wrong)]
    public void MessageThatWasNotSentToIt_IsAnothers_OrNobodys(bool sentElsewhere, ViolationKind expected) =>
        Assert.Equal(expected, Assert.Single(MessageChecks.Presence("alice", [], Read([(1, "x")]), _ => sentElsewhere)).Kind);

    [Theory]
    [InlineData(1, 2, false)]
    [InlineData(2, 2, true)]
    [InlineData(2, 1, true)]
    public void Numbers_Rise(long first, long second, bool isWrong) => Assert.Equal(isWrong, MessageChecks.Numbers("alice", Read([(first, "x"), (second, "y")])).Any());

    /// <summary>x is sent from 0 to 1 s. It stands behind y.</summary>
    [Theory]
    [InlineData(0.9, false)]
    [InlineData(1.0, false)]
    [InlineData(1.1, true)]
    public void WhatWasAcknowledgedBeforeAnotherWasBegun_StandsBeforeIt(double begun, bool isWrong)
    {
        Operation[] operations = [Sent(0, "c1", "x", 0, 1, 'a'), Sent(1, "c2", "y", begun, 2, 'a')];
        Assert.Equal(isWrong, MessageChecks.Order("alice", operations, Read([(1, "y"), (3, "x")])).Any());
        Assert.Empty(MessageChecks.Order("alice", operations, Read([(1, "x"), (3, "y")])));
    }

    /// <summary>A message that was repeated was done at any of its tries before the first acknowledgement.</summary>
    [Fact]
    public void RepeatedMessage_StandsWhereAnyOfItsTriesMayHavePutIt()
    {
        Operation[] operations = [Sent(0, "c1", "x", 0, 1, 'u', "k"), Sent(1, "c2", "y", 2, 3, 'a'), Sent(2, "c1", "x", 4, 5, 'a', "k"), Sent(3, "c1", "x", 8, 9, 'a', "k"), Sent(4, "c2", "z", 6, 7, 'a')];
        Assert.Empty(MessageChecks.Order("alice", operations, Read([(1, "x"), (3, "y"), (5, "z")])));
        Assert.Empty(MessageChecks.Order("alice", operations, Read([(1, "y"), (3, "x"), (5, "z")])));
        Assert.Single(MessageChecks.Order("alice", operations, Read([(1, "y"), (3, "z"), (5, "x")])));
    }

    [Theory]
    [InlineData("2", "You said x.", false)]
    [InlineData("2", "You said y.", true)]
    [InlineData("1", "x", true)]
    [InlineData("3", "You said x.", true)]
    public void Answer_IsWhatTheHistoryHasByItsNumber(string seq, string response, bool isWrong)
    {
        var operation = Sent(0, "c1", "x", 0, 1, 'a') with { Answer = new Dictionary<string, string> { ["seq"] = seq, ["response"] = response } };
        var reading = new Reading("r", "alice", default, default, [new StoredMessage(1, "user", "x"), new StoredMessage(2, "assistant", "You said x.")]);
        Assert.Equal(isWrong, MessageChecks.Answers("alice", [operation], reading).Any());
    }

    [Theory]
    [InlineData("2", "2", false)]
    [InlineData("2", "4", true)]
    public void Repeats_Agree(string first, string second, bool isWrong)
    {
        Operation[] operations = [With(first, 0), With(second, 2), Sent(2, "c1", "x", 4, 5, 'u', "k")];
        Assert.Equal(isWrong, MessageChecks.Repeats("alice", operations).Any());

        static Operation With(string seq, int at) => Sent(at, "c1", "x", at, at + 1, 'a', "k") with { Answer = new Dictionary<string, string> { ["seq"] = seq } };
    }

    /// <summary>x is acknowledged at 1 s; a read without it begins.</summary>
    [Theory]
    [InlineData(0.9, false)]
    [InlineData(1.0, false)]
    [InlineData(1.1, true)]
    public void Read_HasWhatWasAcknowledgedBefore(double start, bool isWrong) =>
        Assert.Equal(isWrong, MessageChecks.Reads("alice", [Sent(0, "c1", "x", 0, 1, 'a')], [Read([], start, 3)]).Any(violation => violation.Kind == ViolationKind.Lost));

    /// <summary>A read that ends at 1 s has x, which is unknown; one without it begins.</summary>
    [Theory]
    [InlineData(1.0, false)]
    [InlineData(1.1, true)]
    public void Read_HasWhatAnEarlierOneHad(double start, bool isWrong) =>
        Assert.Equal(isWrong, MessageChecks.Reads("alice", [Sent(0, "c1", "x", 0, 5, 'u')], [Read([(1, "x")], 0, 1), Read([], start, 3)]).Any());

    private static Operation Sent(int number, string client, string content, double start, double end, char outcome, string? key = null) => new(
        number, client, "alice", "message", content, key, TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end),
        outcome switch { 'a' => Outcome.Acknowledged, 'r' => Outcome.Refused("no"), _ => Outcome.Lost });

    private static Reading Read(IEnumerable<(long Seq, string Content)> messages, double start = 90, double end = 91) =>
        new("r", "alice", TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end), [.. messages.Select(message => new StoredMessage(message.Seq, "user", message.Content))]);
}
