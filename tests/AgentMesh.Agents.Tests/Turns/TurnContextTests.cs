using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Tests.Turns;

/// <summary>What a model reads at the edges of its budget, and what a turn is at the edge of its time.</summary>
public sealed class TurnContextTests
{
    /// <summary>Of a message with three characters.</summary>
    private const int MessageBytes = 163;

    private readonly FakeAgent _agent = new();

    public TurnContextTests() => _agent.Rules = _agent.Rules with { AnswersAtOnce = false };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2 * MessageBytes - 1, 1)]
    [InlineData(2 * MessageBytes, 2)]
    [InlineData(3 * MessageBytes - 1, 2)]
    [InlineData(3 * MessageBytes, 3)]
    public void Context_FillsItsBudget(int budget, int messages)
    {
        _agent.Post("one");
        _agent.Complete(1, 1, "two");
        _agent.Post("now");
        Assert.Equal(new[] { "one", "two", "now" }.TakeLast(messages), _agent.Context(3, budget));
    }

    /// <summary>A summary is due from half of the budget on.</summary>
    [Theory]
    [InlineData(2 * MessageBytes, true)]
    [InlineData(2 * MessageBytes + 1, true)]
    [InlineData(2 * MessageBytes + 2, false)]
    public void Context_IsLong_FromHalfItsBudgetOn(int budget, bool isLong)
    {
        _agent.Post("now");
        Assert.Equal(isLong, _agent.ReadContext(1, budget).IsLong);
    }

    /// <summary>What was said after it may fill the budget; the question is read all the same.</summary>
    [Fact]
    public void Question_IsReadHoweverMuchIsOnLaterPages()
    {
        _agent.Post("one");
        _agent.Post("two");
        _agent.Complete(1, 1, new string('a', 20_000));
        Assert.Equal(2, _agent.Head!.Page.N);
        Assert.Equal(["two"], _agent.Context(2, 1024));
    }

    [Fact]
    public void Context_OfASession_IsOfItsOwnPages()
    {
        var id = _agent.CreateSession("s").Value!.Id;
        for (var n = 0; n < 20; n++)
            _agent.Complete(_agent.Post("abc", session: id).Value!.Seq, 1, "def");
        var turn = _agent.Post("now", session: id).Value!.Seq;
        Assert.Equal((3, 0), (_agent.Sessions[id].Page.N, _agent.Head!.Page.N));
        Assert.Equal(41, _agent.Context(turn).Count());
    }

    [Theory]
    [InlineData(299_999, true)]
    [InlineData(300_000, false)]
    public void FailedRun_IsNotRunAgain_AtItsDeadline(int milliseconds, bool again)
    {
        _agent.Post("question");
        _agent.Now += TimeSpan.FromMilliseconds(milliseconds);
        Assert.Null(_agent.Fail(1, 1, isTransient: true));
        Assert.Equal(again ? [new TurnRun(1, 2)] : [], _agent.Runs);
        Assert.Equal(again ? [] : ["2 model_unavailable of 1"], _agent.Log(1));
    }

    [Fact]
    public void LookAtWhatIsNotDue_StoresNothing()
    {
        _agent.Post("question");
        var head = _agent.Head;
        _agent.Now += TimeSpan.FromSeconds(1);
        Assert.Null(_agent.Advance());
        Assert.Null(_agent.Resume(1));
        Assert.Null(_agent.Cancel(99));
        Assert.Same(head, _agent.Head);
    }
}
