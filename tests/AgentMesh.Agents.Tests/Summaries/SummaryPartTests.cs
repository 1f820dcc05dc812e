using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.Tests.Conversation;

namespace AgentMesh.Agents.Tests.Summaries;

/// <summary>Which session, which summary and which order of messages a part of a summary is made of.</summary>
public sealed class SummaryPartTests
{
    [Theory]
    [InlineData(1, 5, true)]
    [InlineData(4, 5, true)]
    [InlineData(5, 5, false)]
    [InlineData(6, 5, false)]
    public void Summary_IsOfClosedPages(int upTo, int open, bool counts)
    {
        var stored = new SessionSummary("short", upTo, upTo * 16, FakeAgent.Start);
        Assert.Equal(counts ? stored : null, SessionSummary.Of(stored, new OpenPage(open, 1, 200)));
        Assert.Null(SessionSummary.Of(null, new OpenPage(open, 1, 200)));
    }

    [Fact]
    public void Session_HasItsOwnPages_AndOneThatIsNotThereHasNone()
    {
        var head = AgentHead.Unborn(FakeAgent.Start) with { LastSeq = 9, MessageCount = 9, Page = new OpenPage(3, 1, 200) };
        var session = new SessionRecord(FakeAgent.Start, FakeAgent.Start, "{}", new OpenPage(2, 4, 500), 4, 9, IsDeleted: false, null);
        Assert.Equal(3, new SummaryInputs(head, "default", null, null, null).Open.N);
        Assert.Equal(2, new SummaryInputs(head, "a", session, null, null).Open.N);
        Assert.Equal(0, new SummaryInputs(head, "a", null, null, null).Open.N);
        Assert.Equal("session_not_found", new SummaryInputs(head, "a", null, null, null).Check()?.Code);
        Assert.Equal("session_not_found", new SummaryInputs(head, "a", session with { IsDeleted = true }, null, null).Check()?.Code);
        Assert.Null(new SummaryInputs(head, "a", session, null, null).Check());
        Assert.Equal("agent_erasing", new SummaryInputs(head with { IsErasing = true }, "a", null, null, null).Check()?.Code);
    }

    [Fact]
    public void Part_HasAnswersBehindTheirQuestions_ThoughOthersWereAskedBetween()
    {
        var agent = new FakeAgent();
        agent.Rules = agent.Rules with { AnswersAtOnce = false };
        foreach (var question in new[] { "one", "two", "three" })
            agent.Post(question);
        foreach (var (turn, answer) in new[] { (1, "first"), (2, "second"), (3, "third") })
            Assert.Null(agent.Complete(turn, 1, answer));
        agent.Rules = agent.Rules with { AnswersAtOnce = true };
        for (var n = 0; n < 20; n++)
            agent.Post("more");
        var part = agent.SummaryWork(1024).Value!;
        Assert.Equal((1, 16), (part.ThroughPage, part.ThroughSeq));
        Assert.Equal(["one", "first", "two", "second", "three", "third"], part.Messages.Take(6).Select(message => message.Content));
    }
}
