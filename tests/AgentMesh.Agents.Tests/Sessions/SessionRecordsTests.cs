using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Tests.Sessions;

/// <summary>What the verbs of sessions say is to be stored and removed, and the two lists of ids.</summary>
public sealed class SessionRecordsTests
{
    private static readonly string[] Ids = [SessionId.Of("a", null), SessionId.Of("b", null), SessionId.Of("c", null)];
    private static readonly SessionRecord Session = new(FakeAgent.Start, FakeAgent.Start, SessionMetadata.None, default, 0, 0, IsDeleted: false, null);
    private readonly FakeAgent _agent = new();

    /// <summary>A repeated request has to find the session that it made, by whatever version of this.</summary>
    [Fact]
    public void Ids_AreTheApprovedOnes() => Assert.Equal(
        ("squ2sk5upslrhbcesb4lwdh5am", "2fgpalgfa4xjq5kvakxkbnuizq"), (SessionId.Of("r1", null), SessionId.Of("r1", "k1")));

    [Fact]
    public void SessionThatIsBeingRemoved_IsNotMadeAgain()
    {
        var half = HalfDeleted();
        Assert.Equal("session_not_found", _agent.CreateSession("a").Refusal?.Code);
        Assert.True(_agent.Sessions[half].IsDeleted);
    }

    [Fact]
    public void Update_SaysWhatIsStored_AndRefusesWhatIsNoObject()
    {
        var updated = SessionChanges.Update(Session, Ids[0], """{"a":1}""", FakeAgent.Start.AddTicks(9_999)).Value!;
        Assert.Equal((true, Session with { Metadata = """{"a":1}""" }), (updated.IsChanged, updated.Session));
        Assert.Equal("invalid_metadata", SessionChanges.Update(Session, Ids[0], "[]", FakeAgent.Start).Refusal?.Code);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(128, 1, 128)]
    [InlineData(129, 2, 129)]
    [InlineData(300, 173, 300)]
    public void Delete_RemovesTheNewestPages(int pages, int first, int last)
    {
        var session = Session with { Page = new OpenPage(pages, pages == 0 ? 0 : 1, 0) };
        var change = SessionChanges.Delete(Inputs, SessionIndex.Empty.With(Ids[0]), null, session, Ids[0], FakeAgent.Epoch, FakeAgent.Start).Value!;
        Assert.Equal((true, (first, last)), (change.IsChanged, change.RemovedPages));
        Assert.Equal(first == 1 ? null : session with { IsDeleted = true, Page = new OpenPage(first - 1, 0, 0) }, change.Session);
        Assert.Equal(first == 1 ? 0 : null, change.Index?.Count);
    }

    [Fact]
    public void Expiries_BeginWithTheEarliest_AndOfEqualOnesWithTheFirst()
    {
        var expiries = SessionExpiries.Empty.With(Ids[1], FakeAgent.Start).With(Ids[0], FakeAgent.Start).With(Ids[2], FakeAgent.Start.AddMilliseconds(1));
        Assert.Equal((Ids[1], FakeAgent.Start), expiries.First);
        Assert.Equal(Ids[0], expiries.With(Ids[1], FakeAgent.Start).First?.Id);
        Assert.Equal((Ids[2], FakeAgent.Start.AddMilliseconds(-1)), expiries.With(Ids[2], FakeAgent.Start.AddMilliseconds(-1)).First);
        Assert.Null(expiries.Without(Ids[0]).Without(Ids[1]).Without(Ids[2]).First);
        Assert.Equal(expiries, expiries.Without(SessionId.Of("other", null)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(22, true)]
    [InlineData(44, true)]
    [InlineData(21, false)]
    [InlineData(23, false)]
    public void Expiries_AreWholeEntries(int bytes, bool fits) => Assert.Equal(
        fits ? null : "agent_quarantined",
        SessionExpiries.Open(AgentHead.Unborn(FakeAgent.Start), new SessionExpiries(new PackedEntries(new byte[bytes]))).Refusal?.Code);

    /// <summary>The list may know of sessions that are not there, or do not expire any more: it forgets them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SessionThatDoesNotExpire_IsForgottenByTheList(bool isThere)
    {
        var session = isThere ? Session : null;
        var look = Expire(session, Inputs);
        Assert.Equal((true, session), (look.IsChanged, look.Session));
        Assert.Equal((FakeAgent.Epoch, FakeAgent.Start.AddHours(1)), (look.Agent!.Head.Epoch, look.Agent.Head.NextExpiry));
        Assert.Equal(Ids[1], look.Expiries!.First?.Id);
    }

    [Fact]
    public void HalfDeletedSession_IsFinished_WithOrWithoutATimeToLive()
    {
        foreach (var ttl in new int?[] { null, 3600 })
        {
            var change = Expire(Session with { IsDeleted = true, TtlSeconds = ttl, Page = new OpenPage(2, 0, 0) }, Inputs);
            Assert.Equal((null, (1, 2)), (change.Session, change.RemovedPages));
            Assert.Equal(Ids[1], change.Expiries!.First?.Id);
        }
    }

    [Fact]
    public void Index_KnowsThePlaceOfEachId_InTheOrderTheyWereMade()
    {
        var index = Ids.Aggregate(SessionIndex.Empty, (index, id) => index.With(id));
        Assert.Equal(Ids, Enumerable.Range(0, index.Count).Select(at => index[at]));
        Assert.Equal([0, 1, 2], Ids.Select(index.IndexOf));
        Assert.Equal(-1, index.IndexOf(SessionId.Of("other", null)));
        Assert.Equal(-1, SessionIndex.Empty.IndexOf(Ids[0]));
        Assert.Equal(index, index.Without(SessionId.Of("other", null)));
        index = index.Without(Ids[1]);
        Assert.Equal([Ids[0], Ids[2]], Enumerable.Range(0, index.Count).Select(at => index[at]));
    }

    private static TurnInputs Inputs => new(AgentHead.Unborn(FakeAgent.Start), null, null);

    private static SessionChange Expire(SessionRecord? session, TurnInputs inputs)
    {
        var expiries = SessionExpiries.Empty.With(Ids[0], FakeAgent.Start).With(Ids[1], FakeAgent.Start.AddHours(1));
        return SessionExpiry.Expire(inputs, SessionIndex.Empty.With(Ids[0]), expiries, session, Ids[0], FakeAgent.Epoch, FakeAgent.Start).Value!;
    }

    /// <summary>Two messages of 8 KB fill a page; of 129 pages one is left.</summary>
    private string HalfDeleted()
    {
        var id = _agent.CreateSession("a").Value!.Id;
        for (var n = 0; n < 129; n++)
            _agent.Post(new string('x', 7900), session: id);
        Assert.NotNull(_agent.DeleteSession(id).Value!.Session);
        return id;
    }
}
