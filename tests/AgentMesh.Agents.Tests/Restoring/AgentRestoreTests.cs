using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Restoring;
using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Tests.Restoring;

/// <summary>Making an agent from an export, part by part.</summary>
public sealed class AgentRestoreTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, 891, TimeSpan.Zero);
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly string Session = SessionId.Of("r1", null);

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 64, 65)]
    [InlineData(64, 64, 65)]
    [InlineData(65, 128, 129)]
    [InlineData(1L << 36, 1L << 36, (1L << 36) + 1)]
    public void Numbers_GoOnBehindThePage(long lastSeq, long last, long from)
    {
        var head = Begin(lastSeq);
        Assert.Equal((last, from, "x"), (head.LastSeq, head.EventsFrom, head.Restoring));
        Assert.Null(EventLogPage.OpenNumber(head));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData((1L << 36) + 1)]
    public void Numbers_ThatNoAgentHas_AreRefused(long lastSeq) =>
        Assert.Equal("invalid_export", AgentRestore.Begin(AgentHead.Unborn(Now), "x", lastSeq, 7, Now).Refusal?.Code);

    [Fact]
    public void Beginning_IsRepeated_AndOnlyByItself()
    {
        var head = Begin();
        var again = AgentRestore.Begin(head, "x", 0, 8, Now);
        Assert.Null(again.Value!.Change);
        Assert.Equal("agent_restoring", AgentRestore.Begin(head, "y", 0, 8, Now).Refusal?.Code);
        Assert.Equal("agent_erasing", AgentRestore.Begin(head with { IsErasing = true, Restoring = null }, "x", 0, 8, Now).Refusal?.Code);
        Assert.Equal("agent_exists", AgentRestore.Begin(head with { Restoring = null }, "x", 0, 8, Now).Refusal?.Code);
    }

    [Fact]
    public void AgentThatIsRestored_RefusesAllElse_AndIsEnteredByItsRestoreAlone()
    {
        var head = Begin();
        Assert.Equal("agent_restoring", StoredConversation.CheckHead(head)?.Code);
        Assert.Null(AgentRestore.Enter(head, "x").Value!.Restoring);
        Assert.Equal("agent_restoring", AgentRestore.Enter(head, "y").Refusal?.Code);
        Assert.Equal("invalid_export", AgentRestore.Enter(head with { Restoring = null }, "x").Refusal?.Code);
        Assert.Equal("invalid_export", AgentRestore.Enter(null, "x").Refusal?.Code);
        Assert.Equal("agent_erasing", AgentRestore.Enter(head with { IsErasing = true }, "x").Refusal?.Code);
        Assert.Equal("agent_quarantined", AgentRestore.Enter(head with { MessageCount = 1 }, "x").Refusal?.Code);
    }

    [Fact]
    public void Messages_KeepNumbersAndTimes_AndFillPages()
    {
        var entered = AgentRestore.Enter(Begin(), "x").Value!;
        var messages = Enumerable.Range(1, 20).Select(n => Message(n * 3, n % 2 == 1 ? MessageRole.User : MessageRole.Assistant)).ToArray();
        var change = AgentRestore.Messages(entered, "default", null, null, [.. messages], 7).Value!.Change!;
        Assert.Equal([1, 2], change.Pages.Select(page => page.N));
        var stored = change.Pages.SelectMany(page => page.Page.Messages).ToArray();
        Assert.Equal(messages.Select(message => (message.Seq, message.Role, message.Content, message.At)), stored.Select(one => (one.Seq, one.Role, one.Content, one.At)));
        // The answer is of the turn of the message before it.
        Assert.Equal([3, 3, 9, 9], stored.Take(4).Select(one => one.Turn));
        Assert.Equal(Enumerable.Range(1, 20).Select(n => (long)n), stored.Select(one => one.Count));
        Assert.Equal((20L, 64L, 65L, 57L, 2, 4), (change.Head.MessageCount, change.Head.LastSeq, change.Head.EventsFrom, change.Head.Turn, change.Head.Page.N, change.Head.Page.Count));
        Assert.Equal(stored.Sum(one => (long)one.EncodedBytes()), change.Head.StoredBytes);
        Assert.Empty(change.Events);
        Assert.Null(StoredConversation.CheckHead(change.Head));
    }

    [Fact]
    public void Messages_AreThereOnce_HoweverOftenTheyCome()
    {
        var entered = AgentRestore.Enter(Begin(), "x").Value!;
        var first = AgentRestore.Messages(entered, "default", null, null, [Message(1), Message(2)], 7).Value!.Change!;
        var page = first.Pages[^1].Page;
        Assert.Null(AgentRestore.Messages(first.Head, "default", null, page, [Message(1), Message(2)], 7).Value!.Change);
        var second = AgentRestore.Messages(first.Head, "default", null, page, [Message(2), Message(5)], 7).Value!.Change!;
        Assert.Equal([1L, 2, 5], second.Pages.Single().Page.Messages.Select(message => message.Seq));
        Assert.Equal(3, second.Head.MessageCount);
    }

    [Fact]
    public void Messages_OfASession_AreItsOwn()
    {
        var entered = AgentRestore.Enter(Begin(), "x").Value!;
        Assert.Equal("session_not_found", AgentRestore.Messages(entered, Session, null, null, [Message(1)], 7).Refusal?.Code);
        var made = Make(entered, null);
        var change = AgentRestore.Messages(made.Agent!.Head, Session, made.Session, null, [Message(7)], 7).Value!.Change!;
        Assert.Equal((1L, 7L, 1), (change.Session!.MessageCount, change.Session.LastSeq, change.Session.Page.N));
        Assert.Equal((1L, 0), (change.Head.MessageCount, change.Head.Page.N));
        Assert.Equal(Then, change.Session.LastActive);
    }

    public static TheoryData<long, MessageRole, string> Refused => new()
    {
        { 1, MessageRole.User, "a" },
        { 2, MessageRole.User, "a" },
        { (1L << 36) + 1, MessageRole.User, "a" },
        { 3, MessageRole.User, "" },
        { 3, MessageRole.User, new string('a', ConversationLimits.ContentBytes + 1) },
        { 3, MessageRole.Assistant, new string('a', AgentRestore.AnswerBytes + 1) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void MessageThatIsNone_IsRefused(long seq, MessageRole role, string content) => Assert.Equal(
        "invalid_export",
        AgentRestore.Messages(AgentRestore.Enter(Begin(), "x").Value!, "default", null, null, [Message(2), new RestoredMessage(seq, role, content, Then)], 7).Refusal?.Code);

    [Theory]
    [InlineData(MessageRole.User, ConversationLimits.ContentBytes)]
    [InlineData(MessageRole.Assistant, AgentRestore.AnswerBytes)]
    [InlineData(MessageRole.Assistant, 0)]
    public void MessageOfEveryLengthThatIsStored_IsRestored(MessageRole role, int length) => Assert.NotNull(
        AgentRestore.Messages(
            AgentRestore.Enter(Begin(), "x").Value!, "default", null, null, [new RestoredMessage(1, role, new string('a', length), Then)], 7).Value!.Change);

    [Fact]
    public void NumbersThatStandTwice_InTwoSessions_AreRefused()
    {
        var entered = AgentRestore.Enter(Begin(), "x").Value!;
        var first = AgentRestore.Messages(entered, "default", null, null, [.. Enumerable.Range(1, 64).Select(n => Message(n))], 7).Value!.Change!;
        var made = Make(first.Head, null);
        Assert.Equal("invalid_export", AgentRestore.Messages(made.Agent!.Head, Session, made.Session, null, [Message(64)], 7).Refusal?.Code);
    }

    [Fact]
    public void Messages_ComeBeforeAllThatIsLogged()
    {
        var entered = AgentRestore.Enter(Begin(64), "x").Value! with { LastSeq = 65 };
        Assert.Equal("invalid_export", AgentRestore.Messages(entered, "default", null, null, [Message(70)], 7).Refusal?.Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3600)]
    public void Session_KeepsItsTimes_AndItsTimeToLiveBeginsAnew(int? ttl)
    {
        var made = Make(AgentRestore.Enter(Begin(), "x").Value!, ttl);
        Assert.Equal((Then.AddDays(-1), ttl is null ? Then : Now, ttl), (made.Session!.CreatedAt, made.Session.LastActive, made.Session.TtlSeconds));
        Assert.Equal("""{"a":1}""", made.Session.Metadata);
        // None ends before all of the agent is there.
        Assert.Null(made.Agent!.Head.NextExpiry);
        var ended = AgentRestore.End(AgentRestore.Within(made.Agent, "x").Head, "x", Now, made.Expiries, 7).Value!.Change!;
        Assert.Equal(ttl is null ? null : Now.AddSeconds(3600), ended.Head.NextExpiry);
        Assert.Null(ended.Head.Restoring);
    }

    // Of the last character two bits count for nothing: the second would be in the index by another name.
    [Theory]
    [InlineData("NONE")]
    [InlineData("abcdefghijklmnopqrstuvwxyb")]
    public void Session_IsMadeOnce_UnderAnIdThatIsOne(string id)
    {
        var made = Make(AgentRestore.Enter(Begin(), "x").Value!, null);
        var again = AgentRestore.Session(made.Agent!.Head, made.Index!, null, made.Session, new RestoredSession(Session, Then, Then, null, null), 7, Now);
        Assert.False(again.Value!.IsChanged);
        Assert.Equal("invalid_export", AgentRestore.Session(made.Agent.Head, made.Index!, null, null, new RestoredSession(id, Then, Then, null, null), 7, Now).Refusal?.Code);
        Assert.Equal("invalid_ttl", AgentRestore.Session(made.Agent.Head, made.Index!, null, null, new RestoredSession(SessionId.Of("r2", null), Then, Then, null, 59), 7, Now).Refusal?.Code);
    }

    [Fact]
    public void Ending_IsRepeated_OfTheSameAgentAlone()
    {
        var head = Begin();
        var ended = AgentRestore.End(head, "x", head.CreatedAt, null, 7).Value!.Change!;
        Assert.Null(StoredConversation.CheckHead(ended.Head));
        Assert.Null(AgentRestore.End(ended.Head, "x", head.CreatedAt, null, 7).Value!.Change);
        Assert.Equal("invalid_export", AgentRestore.End(ended.Head, "x", head.CreatedAt.AddMilliseconds(1), null, 7).Refusal?.Code);
        Assert.Equal("invalid_export", AgentRestore.End(null, "x", head.CreatedAt, null, 7).Refusal?.Code);
        Assert.Equal("agent_restoring", AgentRestore.End(head, "y", head.CreatedAt, null, 7).Refusal?.Code);
    }

    private static AgentHead Begin(long lastSeq = 0) => AgentRestore.Begin(AgentHead.Unborn(Now), "x", lastSeq, 7, Now).Value!.Change!.Head;

    private static SessionChange Make(AgentHead head, int? ttl) =>
        AgentRestore.Session(head, SessionIndex.Empty, null, null, new RestoredSession(Session, Then.AddDays(-1), Then, """{"a":1}""", ttl), 7, Now).Value!;

    private static RestoredMessage Message(long seq, MessageRole role = MessageRole.User) => new(seq, role, $"text {seq}", Then.AddSeconds(seq));
}
