using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Tests.Summaries;

/// <summary>Older pages in short for models, while everybody else reads them as they are.</summary>
public sealed class SummaryTests
{
    /// <summary>Eight pages of 16 messages of 163 encoded bytes.</summary>
    private const int Budget = 8 * 16 * MessageBytes;

    private const int MessageBytes = 163;

    private readonly FakeAgent _agent = new();

    public SummaryTests() => _agent.Now = FakeAgent.Start;

    /// <summary>Half of the budget is four pages. From there on a turn says so.</summary>
    [Theory]
    [InlineData(31, false)]
    [InlineData(32, true)]
    [InlineData(60, true)]
    public void Turn_SeesThatASummaryIsDue(int exchanges, bool isLong)
    {
        Say(exchanges);
        Assert.Equal(isLong, Ask("now").IsLong);
    }

    /// <summary>A quarter of the budget stays outside: two pages' worth of messages, in whole pages.</summary>
    [Theory]
    [InlineData(8, 0)]
    [InlineData(23, 0)]
    [InlineData(24, 1)]
    [InlineData(31, 1)]
    [InlineData(32, 2)]
    [InlineData(47, 3)]
    [InlineData(48, 4)]
    [InlineData(100, 4)]
    public void Work_IsTheOldestPages_AsManyAsHalfABudget(int exchanges, int through)
    {
        Say(exchanges);
        var part = _agent.SummaryWork(Budget).Value!;
        Assert.Equal((0, through, through * 16), (part.FromPage, part.ThroughPage, part.ThroughSeq));
        Assert.Equal(through * 16, part.Messages.Length);
        Assert.Null(part.Text);
    }

    [Fact]
    public void Summary_IsReadInPlaceOfItsPages_WhichStay()
    {
        Say(48);
        var before = _agent.History(1000).Value!.Messages;
        Assert.Null(_agent.Summarize(_agent.SummaryWork(Budget).Value!, "  In short.  ", Budget));
        Assert.Equal(new SessionSummary("In short.", 4, 64, FakeAgent.Start), _agent.Summaries["default"]);
        Assert.Equal(before, _agent.History(1000).Value!.Messages);
        var read = Ask("now");
        Assert.False(read.IsLong);
        Assert.Equal(Enumerable.Range(65, 33).Select(seq => (long)seq), read.Messages.Select(message => message.Seq));
        // Nothing more is due, until much more has been said.
        Assert.Empty(_agent.SummaryWork(Budget).Value!.Messages);
        _agent.Complete(97, 1, "answer");
        Say(20);
        var next = _agent.SummaryWork(Budget).Value!;
        Assert.Equal((4, 6, "In short."), (next.FromPage, next.ThroughPage, next.Text));
        Assert.Null(_agent.Summarize(next, "More.", Budget));
        Assert.Equal(("More.", 6), (_agent.Summaries["default"].Text, _agent.Summaries["default"].UpToPage));
    }

    [Fact]
    public void LongHistory_IsTakenInPartAfterPart_UntilOnlyTheNewestIsLeft()
    {
        Say(400);
        var parts = 0;
        for (var part = _agent.SummaryWork(Budget).Value!; part.Messages.Length > 0; part = _agent.SummaryWork(Budget).Value!, parts++)
            Assert.Null(_agent.Summarize(part, $"part {parts}", Budget));
        // 50 pages, of which two stay outside, four at a time.
        Assert.Equal((48, 12), (_agent.Summaries["default"].UpToPage, parts));
    }

    [Fact]
    public void MessageOfAnOpenTurn_StaysOutside_HoweverLongTheTurnTakes()
    {
        Say(8);
        Ask("a long question");
        for (var n = 0; n < 40; n++)
            _agent.Post("queued behind it");
        Assert.Equal(1, _agent.SummaryWork(1024).Value!.ThroughPage);
        Assert.Null(_agent.Summarize(_agent.SummaryWork(1024).Value!, "short", 1024));
        Assert.Empty(_agent.SummaryWork(1024).Value!.Messages);
        Assert.Equal(["a long question"], _agent.ReadContext(17, 1024).Messages.Select(message => message.Content).TakeLast(1));
    }

    [Fact]
    public void Sessions_HaveTheirOwn()
    {
        var session = _agent.CreateSession("s1").Value!.Id;
        for (var n = 0; n < 40; n++)
            _agent.Post("abc", session: session);
        Assert.Null(_agent.Summarize(_agent.SummaryWork(Budget, session).Value!, "of the session", Budget, session));
        Assert.False(_agent.Summaries.ContainsKey("default"));
        Assert.Equal("session_not_found", _agent.SummaryWork(Budget, new string('a', 26)).Refusal!.Code);
    }

    /// <summary>What was made of something else is not taken: the fence of a writing that took long.</summary>
    [Theory]
    [InlineData(0, 0, 4, "text", null)]
    [InlineData(1, 0, 4, "text", "summary_stale")]
    [InlineData(0, 1, 4, "text", "summary_stale")]
    [InlineData(0, 0, 0, "text", "summary_stale")]
    [InlineData(0, 0, 5, "text", "summary_stale")]
    [InlineData(0, 0, 4, " ", "summary_stale")]
    public void Store_TakesTheNextPart_OfThisAgent(int createdLater, int from, int through, string text, string? refusal)
    {
        Say(40);
        var part = new SummaryPart(from, through, through * 16, null, []);
        Assert.Equal(refusal, _agent.Summarize(part, text, Budget, createdAt: FakeAgent.Start.AddMilliseconds(createdLater))?.Code);
        Assert.Equal(refusal is null, _agent.Summaries.ContainsKey("default"));
        Assert.Equal(refusal is null ? "summary_stale" : refusal, _agent.Summarize(part, text, Budget)?.Code ?? refusal);
    }

    [Theory]
    [InlineData(64 * 1024, 8192)]
    [InlineData(32 * 1024, 8192)]
    [InlineData(32 * 1024 - 4, 8191)]
    [InlineData(1024, 256)]
    public void Text_IsCutAtItsLimit_BetweenCharacters(int budget, int bytes)
    {
        Say(400);
        Assert.Null(_agent.Summarize(_agent.SummaryWork(budget).Value!, new string('a', bytes - 1) + "é", budget));
        Assert.Equal(bytes - 1, _agent.Summaries["default"].Text.Length);
        Assert.Null(_agent.Summarize(_agent.SummaryWork(budget).Value!, new string('b', bytes), budget));
        Assert.Equal(bytes, _agent.Summaries["default"].Text.Length);
    }

    /// <summary>The summary takes its room in the budget.</summary>
    [Fact]
    public void Context_HasRoomForTheSummaryFirst()
    {
        Say(400);
        for (var part = _agent.SummaryWork(Budget).Value!; part.Messages.Length > 0; part = _agent.SummaryWork(Budget).Value!)
            Assert.Null(_agent.Summarize(part, new string('a', 5000), Budget));
        Say(70);
        var room = (Budget - 5000) / MessageBytes;
        Assert.Equal(room, Ask("now").Messages.Length);
        Assert.True(room < 140);
    }

    private void Say(int exchanges)
    {
        _agent.Rules = _agent.Rules with { AnswersAtOnce = false };
        for (var n = 0; n < exchanges; n++)
            _agent.Complete(NumberOf(_agent.Post("abc").Value!), 1, "def");
    }

    private static long NumberOf(PostAnswer turn) => TurnId.Parse(turn.TurnId)!.Value;

    private TurnMessages Ask(string question)
    {
        _agent.Rules = _agent.Rules with { AnswersAtOnce = false };
        return _agent.ReadContext(NumberOf(_agent.Post(question).Value!), Budget);
    }
}
