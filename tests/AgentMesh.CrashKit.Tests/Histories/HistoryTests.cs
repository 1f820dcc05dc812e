using AgentMesh.CrashKit.Histories;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.CrashKit.Tests.Histories;

/// <summary>What a client knows of its requests, and when.</summary>
public sealed class HistoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly History _history;

    public HistoryTests() => _history = new History(_time);

    [Fact]
    public void Operations_StandInTheOrderOfTheirBegins_WithBothTimes()
    {
        var first = _history.Begin("c1", "alice", "message", "one", "k1");
        Pass(2);
        var second = _history.Begin("c2", "bob", "message", "two");
        Pass(1);
        _history.End(second, Outcome.Refused("rate_limited"));
        _history.End(first, Outcome.Acknowledged, new Dictionary<string, string> { ["seq"] = "4" });
        Assert.Equal(
            [
                "#0 0.000-3.000 s c1 message alice 'one' key k1: acknowledged seq=4",
                "#1 2.000-3.000 s c2 message bob 'two': refused rate_limited",
            ], _history.Operations.Select(operation => $"{operation}"));
    }

    /// <summary>A client that was stopped does not know whether its last request was done.</summary>
    [Fact]
    public void RequestWithoutAnEnd_IsUnknownUntilNow()
    {
        _history.Begin("c1", "alice", "message", "one");
        Pass(5);
        var operation = Assert.Single(_history.Operations);
        Assert.Equal((Outcome.Lost, TimeSpan.FromSeconds(5)), (operation.Outcome, operation.End));
    }

    [Fact]
    public void Outcomes_AreCountedAsTheyCome()
    {
        Outcome[] outcomes = [Outcome.Acknowledged, Outcome.Acknowledged, Outcome.Lost, Outcome.Open("http_503"), Outcome.Refused("rate_limited")];
        foreach (var outcome in outcomes)
            _history.End(_history.Begin("c1", "alice", "message", "x"), outcome);
        Assert.Equal((2, 2), (_history.Acknowledged, _history.Unknown));
    }

    [Fact]
    public void Json_HasALineForEach()
    {
        _history.End(_history.Begin("c1", "alice", "message", "\"ü\"", "k1"), Outcome.Open("http_503"));
        Pass(1.5);
        _history.Read(new Reading("reader", "alice", TimeSpan.FromSeconds(1), _history.Now, [new StoredMessage(1, "user", "x")]));
        _history.Break("kill agents");
        Assert.Equal(
            [
                """{"scenario":"messages","type":"operation","number":0,"client":"c1","agent":"alice","action":"message","content":"\"ü\"","key":"k1","start":0,"end":0,"outcome":"unknown","code":"http_503","answer":{}}""",
                """{"scenario":"messages","type":"reading","client":"reader","agent":"alice","start":1,"end":1.5,"messages":[{"seq":1,"role":"user","content":"x"}]}""",
                """{"scenario":"messages","type":"accident","at":1.5,"what":"kill agents"}""",
            ], HistoryJson.Lines("messages", _history));
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
