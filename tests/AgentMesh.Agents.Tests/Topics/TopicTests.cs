using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Topics;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Topics;

/// <summary>Who has joined what: both ends of it.</summary>
public sealed class TopicTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly AgentHead Head = AgentHead.Unborn(Now) with { Epoch = 7 };

    [Fact]
    public void Members_AreInOrder_AndARepeatChangesNothing()
    {
        var members = Join(TopicMembers.Empty, "carol", "alice", "bob");
        Assert.Equal(["alice", "bob", "carol"], members.Users);
        Assert.Same(members, Join(members, "bob"));
        Assert.Same(members, members.Leave(UserId.Parse("dave")));
        Assert.Equal(["alice", "carol"], members.Leave(UserId.Parse("bob")).Users);
    }

    [Theory]
    [InlineData(TopicLimits.Members - 1, "zoe", null)]
    [InlineData(TopicLimits.Members, "zoe", "topic_full")]
    [InlineData(TopicLimits.Members, "u0", null)]
    public void Members_HaveAnEnd_ButNotForThoseWhoAreThere(int members, string user, string? code) =>
        Assert.Equal(code, Members(members).Join(UserId.Parse(user)).Refusal?.Code);

    /// <summary>A place is kept for whom it was promised to, for so long and no longer.</summary>
    [Theory]
    [InlineData(TopicLimits.Members - 2, "yves", 0, null)]
    [InlineData(TopicLimits.Members - 1, "yves", 0, "topic_full")]
    [InlineData(TopicLimits.Members - 1, "zoe", 0, null)]
    [InlineData(TopicLimits.Members - 1, "u0", 0, null)]
    [InlineData(TopicLimits.Members - 1, "yves", 29_999, "topic_full")]
    [InlineData(TopicLimits.Members - 1, "yves", 30_000, null)]
    [InlineData(TopicLimits.Members, "zoe", 0, "topic_full")]
    public void Place_IsKept(int members, string user, int afterMilliseconds, string? code)
    {
        var topic = Members(members);
        var reservations = new TopicReservations();
        Assert.Equal(members == TopicLimits.Members, reservations.Reserve(topic, UserId.Parse("zoe"), Now) is not null);
        var later = Now.AddMilliseconds(afterMilliseconds);
        Assert.Equal(code, reservations.WhyNotJoin(topic, UserId.Parse(user), later)?.Code);
        Assert.Equal(code, reservations.Reserve(topic, UserId.Parse(user), later)?.Code);
    }

    /// <summary>A repeat keeps it longer, a member keeps nothing, and an end frees the place.</summary>
    [Fact]
    public void KeptPlace_IsOne_AndEnds()
    {
        var topic = Members(TopicLimits.Members - 1);
        var reservations = new TopicReservations();
        Assert.Null(reservations.Reserve(topic, UserId.Parse("u0"), Now));
        Assert.Null(reservations.Reserve(topic, UserId.Parse("zoe"), Now));
        Assert.Null(reservations.Reserve(topic, UserId.Parse("zoe"), Now.AddSeconds(20)));
        Assert.Equal("topic_full", reservations.WhyNotJoin(topic, UserId.Parse("yves"), Now.AddSeconds(49))?.Code);
        reservations.End(UserId.Parse("zoe"));
        Assert.Null(reservations.WhyNotJoin(topic, UserId.Parse("yves"), Now.AddSeconds(49)));
    }

    [Fact]
    public void Topic_IsNoted_Once_AndUntilItIsLeft()
    {
        var joined = Note(AgentTopics.Empty, "news").Value!;
        Assert.Equal([new JoinedTopic("news", Now)], joined.Topics.All);
        Assert.Equal((8L, Now), (joined.Agent!.Head.Epoch, joined.Agent.Head.LastActive));
        Assert.Null(Note(joined.Topics, "news").Value!.Agent);
        var left = Note(joined.Topics, "news", isLeft: true).Value!;
        Assert.Empty(left.Topics.All);
        Assert.NotNull(left.Agent);
        Assert.Null(Note(left.Topics, "news", isLeft: true).Value!.Agent);
    }

    [Theory]
    [InlineData(TopicLimits.TopicsOfAnAgent - 1, "more", null)]
    [InlineData(TopicLimits.TopicsOfAnAgent, "more", "too_many_topics")]
    [InlineData(TopicLimits.TopicsOfAnAgent, "t0", null)]
    public void Topics_HaveAnEnd_ButNotForThoseThatAreThere(int topics, string topic, string? code)
    {
        var all = Enumerable.Range(0, topics).Aggregate(AgentTopics.Empty, (all, n) => Note(all, $"t{n}").Value!.Topics);
        Assert.Equal(code, Note(all, topic).Refusal?.Code);
    }

    /// <summary>The list was stored and the head was not: the next time both are, or an erasure would not find the list.</summary>
    [Fact]
    public void List_WithoutItsHead_IsStoredAgain()
    {
        var half = new AgentTopics([new JoinedTopic("news", Now)]);
        var change = half.Note(AgentHead.Unborn(Now), TopicName.Parse("news"), false, 8, Now).Value!;
        Assert.Equal(half, change.Topics);
        Assert.NotNull(change.Agent);
    }

    [Fact]
    public void Erasing_NotesNothing() =>
        Assert.Equal("agent_erasing", AgentTopics.Empty.Note(Head with { IsErasing = true }, TopicName.Parse("news"), false, 8, Now).Refusal?.Code);

    private static TopicMembers Members(int count) => Join(TopicMembers.Empty, [.. Enumerable.Range(0, count).Select(n => $"u{n}")]);

    private static TopicMembers Join(TopicMembers members, params string[] users) =>
        users.Aggregate(members, (all, user) => all.Join(UserId.Parse(user)).Value!);

    private static Result<TopicsChange> Note(AgentTopics topics, string topic, bool isLeft = false) => topics.Note(Head, TopicName.Parse(topic), isLeft, 8, Now);
}
