using System.Globalization;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Tests.Events;

/// <summary>What is handed on after a commit is what the log has.</summary>
public sealed class NewEventsTests
{
    private readonly FakeAgent _agent = new();

    [Fact]
    public void EventsOfAChange_AreThoseThatAreReadAfterIt()
    {
        var other = _agent.CreateSession("r1").Value!.Id;
        for (var n = 0; n < 50; n++)
            _agent.Post(n == 20 ? new string('x', ConversationLimits.ContentBytes) : $"message {n}", session: n % 3 == 0 ? other : null);
        _agent.Schedule("s1", new TimingRequest(_agent.Now.AddSeconds(60), null, null, null, null, null));
        _agent.Rules = _agent.Rules with { AnswersAtOnce = false };
        var answered = long.Parse(_agent.Post("What is 6 times 7?").Value!.TurnId, CultureInfo.InvariantCulture);
        _agent.Note(answered, 1, new ToolNote(1, "multiply", "started", null));
        _agent.Complete(answered, 1, "42", ModelUsage.Create(9, 2, 17));
        var failed = long.Parse(_agent.Post("And then?").Value!.TurnId, CultureInfo.InvariantCulture);
        _agent.Fail(failed, 1);
        var read = _agent.Read(0, 1000).Value!.Events;
        Assert.Equal(read, _agent.Handed);
        Assert.Equal(Enumerable.Range(1, (int)_agent.Head!.LastSeq).Select(seq => (long)seq), _agent.Handed.Select(one => one.Seq));
        Assert.Contains(_agent.Handed, one => one.Entry is FactEntry { Type: FactTypes.Tool });
        Assert.Contains(_agent.Handed, one => one.Entry is FactEntry { Type: FactTypes.Schedule });
        Assert.Contains(_agent.Handed, one => one.Entry is ErrorEntry);
    }

    [Fact]
    public void ChangeThatLacksAMessage_HandsOverNothing()
    {
        _agent.Post("one");
        var before = _agent.Head!;
        _agent.Post("two");
        Assert.Equal(2, NewEvents.Of(before, _agent.LastStored!.Change).Length);
        Assert.Empty(NewEvents.Of(before, _agent.LastStored!.Change with { Pages = [] }));
        Assert.Empty(NewEvents.Of(before, _agent.LastStored!.Change with { Events = [] }));
        Assert.Empty(NewEvents.Of(_agent.Head!, _agent.LastStored!.Change));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(5, 4)]
    public void Published_IsNeverBeyondTheLog(int? stored, long seq)
    {
        _agent.Post("one");
        _agent.Post("two");
        Assert.Equal(seq, PublishedRecord.SeqOf(stored is { } at ? new PublishedRecord(_agent.Head!.CreatedAt, at) : null, _agent.Head!));
    }

    [Fact]
    public void Published_OfAnErasedAgent_IsOfNoUse()
    {
        _agent.Post("one");
        Assert.Equal(0, PublishedRecord.SeqOf(new PublishedRecord(_agent.Head!.CreatedAt.AddMilliseconds(-1), 2), _agent.Head!));
    }
}
