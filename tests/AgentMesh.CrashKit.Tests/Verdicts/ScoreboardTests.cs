using System.Numerics;
using System.Text.Json;
using System.Xml.Linq;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Tests.Verdicts;

/// <summary>What people, programs and servers are shown of a run.</summary>
public sealed class ScoreboardTests
{
    private static readonly Violation Lost = new(ViolationKind.Lost, "alice", "A message that was acknowledged is not there.", ["#7 acknowledged \u0001", "not in 3 messages"]);

    [Fact]
    public void Text_IsATable_AndHowToDoItAgain() => Assert.Equal(
        """
        scenario  seconds  acknowledged  unknown  refused  kills  pauses  cuts  slow  jumps  faults  lost  doubled  over  leaked  wrong
        messages       30         1,234        2        3      4       0     0     0      0       0     0        0    $0       0      0

        messages: Each message once. 9 checked.
          refused 3 rate_limited

        nothing is wrong
        replay: crash-test messages --seed 7
        """, Board(Verdict("messages")).Text());

    [Fact]
    public void Text_TellsWhatIsWrong_WithItsEvidence_AndTheTotal()
    {
        var over = new Violation(ViolationKind.Over, "bob", "Too much.", []) { OverMicroUsd = 1_250_000 };
        Assert.Equal(
            """
            scenario  seconds  acknowledged  unknown  refused  kills  pauses  cuts  slow  jumps  faults  lost  doubled       over  leaked  wrong
            messages       30         1,234        2        3      4       0     0     0      0       0     1        0         $0       0      0
            budget         30         1,234        2        3      4       0     0     0      0       0     0        0  $1.250000       0      0
            all            60         2,468        4        6      8       0     0     0      0       0     1        0  $1.250000       0      0
            """, string.Join('\n', Board(Verdict("messages", Lost), Verdict("budget", over)).Text().Split('\n').Take(4)));
        Assert.Contains("  LOST alice: A message that was acknowledged is not there.\n    #7 acknowledged \u0001\n    not in 3 messages\n", Board(Verdict("messages", Lost)).Text(), StringComparison.Ordinal);
        Assert.Contains("\nSOMETHING IS WRONG\n", Board(Verdict("messages", Lost)).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_TellsTenOfAScenario_AndHowManyMore()
    {
        var text = Board(Verdict("messages", [.. Enumerable.Repeat(Lost, 12)])).Text();
        Assert.Equal(10, text.Split("LOST alice").Length - 1);
        Assert.Contains("  and 2 more\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(300, "")]
    [InlineData(301, " … 1 characters … ")]
    [InlineData(6_300, " … 6,000 characters … ")]
    public void Text_OfALongLine_IsItsBeginAndItsEnd(int length, string between)
    {
        var evidence = new string('a', length - 100) + new string('z', 100);
        Assert.Contains(
            "\n    " + new string('a', 200) + between + new string('z', 100) + "\n", Board(Verdict("messages", Lost with { Evidence = [evidence] })).Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "$0")]
    [InlineData(1, "$0.000001")]
    [InlineData(999_999, "$0.999999")]
    [InlineData(1_000_000, "$1.000000")]
    public void Usd_HasAllItsDigits(int micros, string text) => Assert.Equal(text, Scoreboard.Usd(new BigInteger(micros)));

    [Fact]
    public void Json_HasAllOfIt()
    {
        var json = JsonElement.Parse(ScoreboardJson.Write(Board(Verdict("messages", Lost), Verdict("budget"))));
        Assert.Equal(("7", false), (json.GetProperty("seed").GetString(), json.GetProperty("clean").GetBoolean()));
        var first = json.GetProperty("scenarios")[0];
        Assert.Equal((1234, 1, 0, "0"), (
            first.GetProperty("acknowledged").GetInt32(), first.GetProperty("lost").GetInt32(), first.GetProperty("doubled").GetInt32(), first.GetProperty("overMicroUsd").GetString()));
        Assert.Equal(3, first.GetProperty("refused").GetProperty("rate_limited").GetInt32());
        var violation = Assert.Single(first.GetProperty("violations").EnumerateArray());
        Assert.Equal(("lost", "alice", 2), (violation.GetProperty("kind").GetString(), violation.GetProperty("agent").GetString(), violation.GetProperty("evidence").GetArrayLength()));
    }

    [Fact]
    public void JUnit_HasATestForEachScenario()
    {
        var suite = XElement.Parse(JUnit.Write(Board(Verdict("messages", Lost), Verdict("budget"))));
        Assert.Equal(("2", "1", "60.000"), ((string?)suite.Attribute("tests"), (string?)suite.Attribute("failures"), (string?)suite.Attribute("time")));
        Assert.Equal(["messages", "budget"], suite.Elements("testcase").Select(test => (string?)test.Attribute("name")));
        var failure = Assert.Single(suite.Descendants("failure"));
        Assert.Equal(("lost", Lost.What), ((string?)failure.Attribute("type"), (string?)failure.Attribute("message")));
        // What XML has no place for is not lost silently.
        Assert.Contains("#7 acknowledged ?\nnot in 3 messages", failure.Value, StringComparison.Ordinal);
        Assert.Contains(suite.Descendants("property"), property => (string?)property.Attribute("name") == "seed" && (string?)property.Attribute("value") == "7");
    }

    [Fact]
    public void Traffic_CountsOutcomes()
    {
        Outcome[] outcomes = [Outcome.Acknowledged, Outcome.Lost, Outcome.Open("http_503"), Outcome.Refused("b"), Outcome.Refused("a"), Outcome.Refused("b")];
        var traffic = Traffic.Of(outcomes.Select((outcome, n) => new Operation(n, "c", "alice", "message", "x", null, default, default, outcome)));
        Assert.Equal((1, 2), (traffic.Acknowledged, traffic.Unknown));
        Assert.Equal([("a", 1), ("b", 2)], traffic.Refused.Select(pair => (pair.Key, pair.Value)));
    }

    private static Scoreboard Board(params Verdict[] verdicts) => new(7, "crash-test messages --seed 7", verdicts);

    private static Verdict Verdict(string scenario, params Violation[] violations) => new(
        scenario, "Each message once.", 30, new Traffic(1234, 2, new Dictionary<string, int> { ["rate_limited"] = 3 }), new Dictionary<string, int> { ["kills"] = 4 }, 9, violations);
}
