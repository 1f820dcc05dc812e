using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Tests.Conversation;

namespace AgentMesh.Agents.Tests.Sessions;

public sealed class SessionChangesTests
{
    private readonly FakeAgent _agent = new();

    [Fact]
    public void Create_MakesAgentAndSession()
    {
        var created = _agent.CreateSession("r1", """{"title":"Trip"}""").Value!;
        Assert.Equal(new SessionRecord(FakeAgent.Start, FakeAgent.Start, """{"title":"Trip"}""", default, 0, 0, false, null), created.Session);
        Assert.Equal((0, 0), (_agent.Head!.MessageCount, _agent.Head.LastSeq));
        Assert.Equal(created.Id, _agent.Index[0]);
    }

    [Fact]
    public void Create_Repeated_StoresNothing_AndKeepsWhatHappenedSince()
    {
        var id = _agent.CreateSession("r1").Value!.Id;
        _agent.Post("hello", session: id);
        var again = _agent.CreateSession("r1", """{"other":1}""").Value!;
        Assert.False(again.IsChanged);
        Assert.Equal(_agent.Sessions[id], again.Session);
        Assert.Equal(1, _agent.Index.Count);
    }

    [Theory]
    [InlineData(999, null)]
    [InlineData(1000, "too_many_sessions")]
    public void Create_IsBounded(int sessions, string? refusal)
    {
        for (var n = 0; n < sessions; n++)
            _agent.CreateSession($"r{n}");
        Assert.Equal(refusal, _agent.CreateSession("one more").Refusal?.Code);
        Assert.Null(_agent.CreateSession("r7").Refusal);
    }

    [Fact]
    public void Histories_AreSeparate_AndShareNumbersAndCounts()
    {
        var a = _agent.CreateSession("a").Value!.Id;
        var b = _agent.CreateSession("b").Value!.Id;
        Assert.Equal((2, 2, "default"), Answer(_agent.Post("one")));
        Assert.Equal((4, 4, a), Answer(_agent.Post("two", session: a)));
        Assert.Equal((6, 6, b), Answer(_agent.Post("three", session: b)));
        Assert.Equal((8, 8, a), Answer(_agent.Post("four", session: a)));

        Assert.Equal([1L, 2], Seqs(_agent.History(10)));
        Assert.Equal([3L, 4, 7, 8], Seqs(_agent.History(10, session: a)));
        Assert.Equal([5L, 6], Seqs(_agent.History(10, session: b)));
        Assert.Equal([3L, 4], Seqs(_agent.History(10, before: 7, session: a)));
        Assert.Equal((4, 8), (_agent.Sessions[a].MessageCount, _agent.Sessions[a].LastSeq));

        static (long, long, string) Answer(Primitives.Result<PostAnswer> result) => (result.Value!.MessageCount, result.Value.Seq, result.Value.SessionId);
        static IEnumerable<long> Seqs(Primitives.Result<HistorySlice> slice) => slice.Value!.Messages.Select(message => message.Seq);
    }

    [Fact]
    public void LongSession_IsReadBackwards_PageByPage()
    {
        var id = _agent.CreateSession("a").Value!.Id;
        for (var n = 0; n < 100; n++)
        {
            _agent.Post($"{n}", session: id);
            _agent.Post("elsewhere");
        }

        var seen = new List<long>();
        long? before = null;
        do
        {
            var slice = _agent.History(7, before, id).Value!;
            seen.InsertRange(0, slice.Messages.Select(message => message.Seq));
            before = slice.NextBefore;
        }
        while (before is not null);
        Assert.Equal(Enumerable.Range(0, 100).SelectMany(n => new[] { 4L * n + 1, 4L * n + 2 }), seen);
    }

    [Fact]
    public void Repeat_InASession_HasTheSameAnswer()
    {
        var id = _agent.CreateSession("a").Value!.Id;
        var first = _agent.Post("hello", requestId: "m1", session: id).Value;
        Assert.Equal(first, _agent.Post("hello", requestId: "m1", session: id).Value);
        var keyed = _agent.Post("again", key: "k", session: id).Value;
        Assert.Equal(keyed, _agent.Post("again", key: "k", session: id).Value);
        Assert.Equal("idempotency_key_reused", _agent.Post("again", key: "k").Refusal!.Code);
    }

    [Fact]
    public void Update_MergesAndTouches()
    {
        var id = _agent.CreateSession("a", """{"a":1}""").Value!.Id;
        _agent.Now += TimeSpan.FromMinutes(1);
        var updated = _agent.UpdateSession(id, """{"b":2}""").Value!.Session!;
        Assert.Equal(("""{"a":1,"b":2}""", FakeAgent.Start, _agent.Now), (updated.Metadata, updated.CreatedAt, updated.LastActive));
        _agent.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(_agent.Now, _agent.UpdateSession(id, null).Value!.Session!.LastActive);
        Assert.Equal("session_not_found", _agent.UpdateSession(SessionId.Of("other", null), null).Refusal!.Code);
    }

    /// <summary>Two messages of 8 KB fill a page: the pages are as many as the exchanges.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(128, 1)]
    [InlineData(129, 2)]
    [InlineData(257, 3)]
    public void Delete_TakesATurnForEach128Pages(int pages, int turns)
    {
        var id = _agent.CreateSession("a").Value!.Id;
        var kept = _agent.CreateSession("b").Value!.Id;
        _agent.Post("elsewhere");
        for (var n = 0; n < pages; n++)
            _agent.Post(new string('x', 7900), session: id);
        Assert.Equal(pages, _agent.Sessions[id].Page.N);

        for (var turn = 1; turn <= turns; turn++)
        {
            Assert.Equal(turn == turns, _agent.DeleteSession(id).Value!.Session is null);
            Assert.Equal(2, _agent.Head!.MessageCount);
            Assert.Equal("session_not_found", _agent.Post("hello", session: id).Refusal!.Code);
            Assert.Equal("session_not_found", _agent.History(10, session: id).Refusal!.Code);
        }

        Assert.Empty(_agent.SessionPages);
        Assert.Equal([kept], Enumerable.Range(0, _agent.Index.Count).Select(at => _agent.Index[at]));
        Assert.Equal("session_not_found", _agent.DeleteSession(id).Refusal!.Code);
        Assert.Null(_agent.Post("and on").Refusal);
    }

    [Fact]
    public void SessionAheadOfTheHead_IsQuarantined()
    {
        var id = _agent.CreateSession("a").Value!.Id;
        _agent.Post("hello", session: id);
        _agent.Head = _agent.Head! with { LastSeq = 1, MessageCount = 0 };
        Assert.Equal("agent_quarantined", _agent.Post("again", session: id).Refusal!.Code);
    }
}
