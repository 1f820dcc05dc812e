using AgentMesh.CrashKit.Checking;

namespace AgentMesh.CrashKit.Tests.Checking;

public sealed class MessageCheckerTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("0-1 a ok", "1:a", "")]
    [InlineData("0-1 a ok", "", "Lost")]
    [InlineData("0-1 a ok", "1:a 3:a", "Doubled")]
    [InlineData("0-1 a unknown", "", "")]
    [InlineData("0-1 a unknown", "1:a", "")]
    [InlineData("0-1 a unknown", "1:a 3:a", "Doubled")]
    [InlineData("0-1 a refused", "", "")]
    [InlineData("0-1 a refused", "1:a", "Wrong")]
    [InlineData("", "1:b", "Wrong")]
    public void Message_IsThere_AsOftenAsItsOutcomeSays(string operations, string last, string wrong) => Assert.Equal(wrong, Check(operations, last));

    [Theory]
    [InlineData("0-1 a/k unknown; 2-3 a/k ok", "1:a", "")]
    [InlineData("0-1 a/k unknown; 2-3 a/k ok", "", "Lost")]
    [InlineData("0-1 a/k unknown; 2-3 a/k ok", "1:a 3:a", "Doubled")]
    [InlineData("0-1 a/k ok; 2-3 a/k ok", "1:a 3:a", "Doubled")]
    [InlineData("0-1 a/k unknown; 2-3 a/k refused", "1:a", "")]
    [InlineData("0-1 a/k refused; 2-3 a/k refused", "1:a", "Wrong")]
    // Without a key each is one of its own.
    [InlineData("0-1 a ok; 2-3 a ok", "1:a 3:a", "")]
    [InlineData("0-1 a ok; 2-3 a ok", "1:a", "Lost")]
    [InlineData("0-1 a ok; 2-3 a unknown", "1:a 3:a", "")]
    [InlineData("0-1 a ok; 2-3 a unknown", "1:a 3:a 5:a", "Doubled")]
    public void Repeats_AreOneByTheirKey_AndSeveralWithout(string operations, string last, string wrong) => Assert.Equal(wrong, Check(operations, last));

    [Theory]
    [InlineData("0-1 a ok; 2-3 b ok", "1:a 3:b", "")]
    [InlineData("0-1 a ok; 2-3 b ok", "1:b 3:a", "Wrong")]
    // They overlap: either may be the first. At the same time is not after it.
    [InlineData("0-2 a ok; 1-3 b ok", "1:b 3:a", "")]
    [InlineData("0-2 a ok; 2-3 b ok", "1:b 3:a", "")]
    // What is not known may be done late, and what is done is done by the first answer that says so.
    [InlineData("0-1 a unknown; 2-3 b ok", "1:b 3:a", "")]
    [InlineData("0-1 a ok; 2-3 b unknown", "1:b 3:a", "Wrong")]
    [InlineData("0-1 a/k unknown; 4-5 a/k ok; 2-3 b ok", "1:b 3:a", "")]
    [InlineData("0-1 a/k ok; 4-5 a/k ok; 2-3 b ok", "1:b 3:a", "Wrong")]
    [InlineData("0-1 a ok; 2-3 b ok; 4-5 c ok", "1:b 3:c 5:a", "Wrong Wrong")]
    public void Order_IsThatOfAcknowledgements(string operations, string last, string wrong) => Assert.Equal(wrong, Check(operations, last));

    [Theory]
    [InlineData("1:a 2:b", "")]
    [InlineData("1:a 1:b", "Wrong")]
    [InlineData("2:a 1:b", "Wrong")]
    public void Numbers_Rise(string last, string wrong) => Assert.Equal(wrong, Check("0-9 a ok; 0-9 b ok", last));

    [Theory]
    [InlineData("0-1 a ok seq=2 response=re-a", "1:a 2:re-a", "")]
    [InlineData("0-1 a ok seq=2 response=re-a", "1:a", "Lost")]
    [InlineData("0-1 a ok seq=2 response=re-a", "1:a 2:re-b", "Wrong")]
    [InlineData("0-1 a ok seq=1 response=a", "1:a", "Wrong")]
    [InlineData("0-1 a ok seq=2 turnId=t", "1:a", "")]
    public void Answer_IsInTheHistory_WhereItSays(string operations, string last, string wrong) => Assert.Equal(wrong, Check(operations, last));

    [Theory]
    [InlineData("0-1 a/k ok seq=2; 2-3 a/k ok seq=2", "")]
    [InlineData("0-1 a/k ok seq=2; 2-3 a/k ok seq=4", "Wrong")]
    [InlineData("0-1 a/k ok seq=2; 2-3 a/k unknown seq=4", "")]
    [InlineData("0-1 a/k ok seq=2; 2-3 a/l ok seq=4", "")]
    public void Repeats_AgreeOnTheirAnswers(string operations, string wrong) => Assert.Equal(wrong, Rows.Kinds(Repeats.Check("alice", Rows.Intents(operations))));

    [Theory]
    [InlineData("1:a", 3, "1:a 3:b", "")]
    [InlineData("1:a 3:b", 3, "1:a", "Wrong")]
    // Reads at the same time may come in either order; one that begins as the other ends was not after it.
    [InlineData("1:a 3:b", 5, "1:a", "")]
    [InlineData("1:a 3:b", 4, "1:a", "")]
    // A message that moves is not the one that was shown, to the next reader and to the last.
    [InlineData("1:a 2:b", 3, "1:a 3:b", "Wrong Wrong")]
    public void Read_GoesNotBackBehindAnEarlierOne(string first, double end, string second, string wrong)
    {
        Assert.Equal(wrong, Rows.Kinds(MessageChecker.Check(
            "alice", Rows.Operations("0-9 a ok; 0-9 b ok"), [Rows.Reading(first, 2, end), Rows.Reading(second, 4, 100)], Rows.Reading("1:a 3:b", 100))));
    }

    [Theory]
    [InlineData(0.5, "")]
    [InlineData(1, "")]
    [InlineData(1.5, "Wrong")]
    public void Read_ShowsWhatWasAcknowledgedBeforeIt(double start, string wrong) =>
        Assert.Equal(wrong, Rows.Kinds(MessageChecker.Check("alice", Rows.Operations("0-1 a ok"), [Rows.Reading("", start, 2)], Rows.Reading("1:a"))));

    [Fact]
    public void Violation_HasTheLinesThatShowIt()
    {
        var violation = Assert.Single(MessageChecker.Check("alice", Rows.Operations("0-1 a/k unknown; 2-3 a/k ok"), [], Rows.Reading("1:a 3:a")));
        Assert.Equal(["#0 0.000-1.000 s c message alice 'a' key k: unknown", "#1 2.000-3.000 s c message alice 'a' key k: acknowledged", "seq 1 user 'a'", "seq 3 user 'a'"], violation.Evidence);
    }

    private static string Check(string operations, string last) => Rows.Kinds(MessageChecker.Check("alice", Rows.Operations(operations), [], Rows.Reading(last)));
}
