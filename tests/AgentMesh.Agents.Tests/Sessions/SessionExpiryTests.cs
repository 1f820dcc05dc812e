using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Tests.Conversation;

namespace AgentMesh.Agents.Tests.Sessions;

public sealed class SessionExpiryTests
{
    private readonly FakeAgent _agent = new();

    [Theory]
    [InlineData(null, 0, null, null)]
    [InlineData(null, 3600, 3600, null)]
    [InlineData(0, 3600, null, null)]
    [InlineData(60, 3600, 60, null)]
    [InlineData(59, 0, null, "invalid_ttl")]
    [InlineData(-1, 0, null, "invalid_ttl")]
    [InlineData(31_622_400, 0, 31_622_400, null)]
    [InlineData(31_622_401, 0, null, "invalid_ttl")]
    public void Ttl_IsTheRequests_ElseTheConfiguredOne(int? asked, int configured, int? ttl, string? refusal)
    {
        var created = _agent.CreateSession("r1", ttl: asked, configured: configured);
        Assert.Equal((ttl, refusal), (created.Value?.Session!.TtlSeconds, created.Refusal?.Code));
        Assert.Equal(ttl is null ? null : FakeAgent.Start.AddSeconds(ttl.Value), _agent.Head?.NextExpiry);
    }

    /// <summary>At exactly its time to live a session is over. What is used half way lives on from there.</summary>
    [Theory]
    [InlineData("nothing", 99_999, true)]
    [InlineData("nothing", 100_000, false)]
    [InlineData("nothing", 100_001, false)]
    [InlineData("message", 149_999, true)]
    [InlineData("message", 150_000, false)]
    [InlineData("touch", 149_999, true)]
    [InlineData("touch", 150_000, false)]
    public void Session_EndsUnused(string use, int milliseconds, bool lives)
    {
        var id = _agent.CreateSession("r1", ttl: 100).Value!.Id;
        var other = _agent.CreateSession("r2").Value!.Id;
        _agent.Post("elsewhere");
        _agent.Now += TimeSpan.FromSeconds(50);
        if (use == "message")
            _agent.Post("hello", session: id);
        if (use == "touch")
            _agent.UpdateSession(id, null);
        _agent.Now = FakeAgent.Start.AddMilliseconds(milliseconds);
        Assert.NotNull(_agent.ExpireSessions());
        Assert.Equal(lives, _agent.Sessions.ContainsKey(id));
        Assert.True(_agent.Sessions.ContainsKey(other));
        Assert.Equal(lives ? null : "session_not_found", _agent.Post("and on", session: id).Refusal?.Code);
        Assert.Equal(lives ? 2 : 1, _agent.Index.Count);
        Assert.Equal(lives, _agent.Expiries is not null);
        Assert.Equal(lives, _agent.Head!.NextExpiry is not null);
    }

    [Fact]
    public void SessionThatIsUsed_IsLookedAtOnceInItsTimeToLive()
    {
        var id = _agent.CreateSession("r1", ttl: 100).Value!.Id;
        for (var second = 1; second <= 300; second++)
        {
            _agent.Now = FakeAgent.Start.AddSeconds(second);
            _agent.Post("hello", session: id);
            Assert.Equal(second is 100 or 200 or 300 ? 1 : 0, _agent.ExpireSessions());
        }

        // The end that was known at each look: of the message just before it.
        Assert.Equal(FakeAgent.Start.AddSeconds(400), _agent.Head!.NextExpiry);
    }

    [Fact]
    public void OpenTurn_KeepsTheSession()
    {
        _agent.Rules = _agent.Rules with { AnswersAtOnce = false };
        var id = _agent.CreateSession("r1", ttl: 100).Value!.Id;
        _agent.Post("hello", session: id);
        _agent.Now += TimeSpan.FromSeconds(100);
        Assert.Equal(1, _agent.ExpireSessions());
        Assert.Equal(_agent.Now.AddSeconds(60), _agent.Head!.NextExpiry);
        _agent.Cancel(1);
        _agent.Now += TimeSpan.FromSeconds(60);
        Assert.Equal(1, _agent.ExpireSessions());
        Assert.Empty(_agent.Sessions);
    }

    /// <summary>Two messages of 8 KB fill a page.</summary>
    [Theory]
    [InlineData(128, 1)]
    [InlineData(129, 2)]
    public void LongSession_EndsInParts(int pages, int parts)
    {
        var id = _agent.CreateSession("r1", ttl: 100).Value!.Id;
        for (var n = 0; n < pages; n++)
            _agent.Post(new string('x', 7900), session: id);
        _agent.Now += TimeSpan.FromSeconds(100);
        Assert.Equal(parts, _agent.ExpireSessions());
        Assert.Empty(_agent.SessionPages);
        Assert.Equal((0, 0), (_agent.Index.Count, _agent.Head!.MessageCount));
    }

    [Fact]
    public void DeletedSession_IsForgotten_AndAHalfDeletedOneIsFinished()
    {
        var id = _agent.CreateSession("r1", ttl: 100).Value!.Id;
        _agent.CreateSession("r2", ttl: 200);
        Assert.Null(_agent.DeleteSession(id).Refusal);
        Assert.Equal(FakeAgent.Start.AddSeconds(200), _agent.Head!.NextExpiry);

        var half = _agent.CreateSession("r3", ttl: 60).Value!.Id;
        for (var n = 0; n < 129; n++)
            _agent.Post(new string('x', 7900), session: half);
        Assert.NotNull(_agent.DeleteSession(half).Value!.Session);
        _agent.Now += TimeSpan.FromSeconds(60);
        Assert.Equal(1, _agent.ExpireSessions());
        Assert.Empty(_agent.SessionPages);
    }

    [Fact]
    public void ManySessions_EndInOrder()
    {
        for (var n = 0; n < 1000; n++)
            _agent.CreateSession($"r{n}", ttl: 60 + n * 7 % 1000);
        for (var second = 60; second < 1060; second += 100)
        {
            _agent.Now = FakeAgent.Start.AddSeconds(second);
            Assert.NotNull(_agent.ExpireSessions());
            Assert.All(_agent.Sessions.Values, session => Assert.True(SessionExpiry.EndOf(session) > _agent.Now));
        }

        Assert.Equal(1000 - 901, _agent.Sessions.Count);
    }

    [Fact]
    public void MissingRecord_IsDamage()
    {
        _agent.CreateSession("r1", ttl: 100);
        _agent.Expiries = null;
        _agent.Now += TimeSpan.FromSeconds(100);
        Assert.Null(_agent.ExpireSessions());
        Assert.Equal("agent_quarantined", _agent.CreateSession("r2", ttl: 100).Refusal!.Code);
        Assert.Null(_agent.CreateSession("r3").Refusal);
    }
}
