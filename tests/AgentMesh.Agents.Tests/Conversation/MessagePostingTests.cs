using AgentMesh.Agents.Conversation;

namespace AgentMesh.Agents.Tests.Conversation;

public sealed class MessagePostingTests
{
    [Fact]
    public void Post_ToANewAgent_IsItsFirstMessage()
    {
        var agent = new FakeAgent();
        Assert.Equal(new PostAnswer("This is our first message. You said: \"hi\".", 2, 2, "1", "default", FakeAgent.Start, 1, FakeAgent.Start), agent.Post("hi", "r1").Value);
        Assert.Equal(new PostAnswer("I remember our conversation (2 messages). You said: \"ho\".", 4, 4, "3", "default", FakeAgent.Start, 3, FakeAgent.Start), agent.Post("ho", "r2").Value);
    }

    [Fact]
    public void Unborn_IsCreatedAtTheMillisecondThatIsStored()
    {
        var head = AgentHead.Unborn(FakeAgent.Start.AddTicks(9_999));
        Assert.Equal((FakeAgent.Start, FakeAgent.Start), (head.CreatedAt, head.LastActive));
    }

    [Fact]
    public void Post_KeepsTheTimeOfCreation()
    {
        var agent = new FakeAgent();
        agent.Post("hi");
        agent.Now += TimeSpan.FromDays(1);
        agent.Post("hi");
        Assert.Equal((FakeAgent.Start, FakeAgent.Start.AddDays(1)), (agent.Head!.CreatedAt, agent.Head.LastActive));
    }

    [Theory]
    [InlineData("", 1, false)]
    [InlineData("a", 1, true)]
    [InlineData("a", 65_535, true)]
    [InlineData("a", 65_536, true)]
    [InlineData("a", 65_537, false)]
    [InlineData("é", 32_768, true)]
    [InlineData("é", 32_769, false)]
    [InlineData("😀", 16_384, true)]
    [InlineData("😀", 16_385, false)]
    public void Content_HasOneByteTo64KiBOfUtf8(string unit, int times, bool accepted)
    {
        var result = new FakeAgent().Post(string.Concat(Enumerable.Repeat(unit, times)));
        Assert.Equal(accepted ? null : "invalid_content", result.Refusal?.Code);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("default", null)]
    [InlineData("", "session_not_found")]
    [InlineData("Default", "session_not_found")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "session_not_found")]
    public void Session_IsTheDefaultOne(string? session, string? refusal) =>
        Assert.Equal(refusal, new FakeAgent().Post("hi", session: session).Refusal?.Code);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(9, 2)]
    [InlineData(16, 2)]
    [InlineData(17, 3)]
    public void Page_ClosesAt16Messages(int exchanges, int page)
    {
        var agent = new FakeAgent();
        for (var n = 0; n < exchanges; n++)
            agent.Post("hi");
        Assert.Equal(page, agent.Head!.Page.N);
        Assert.Equal(exchanges * 2, agent.Pages.Values.Sum(stored => stored.Messages.Length));
        Assert.All(agent.Pages.Values, stored => Assert.InRange(stored.Messages.Length, 1, 16));
    }

    // A message counts 160 bytes more than its text, a reply to a later message 56 more than that; the first exchange takes 366.
    [Theory]
    [InlineData(7_600, 1, 1)]
    [InlineData(10_000, 2, 2)]
    [InlineData(16_200, 3, 2)]
    [InlineData(65_536, 3, 2)]
    public void Page_ClosesAt16KiB_AndABiggerMessageHasItsOwn(int length, int page, int pagesStored)
    {
        var agent = new FakeAgent();
        agent.Post("hi");
        agent.Post(new string('a', length));
        Assert.Equal(page, agent.Head!.Page.N);
        Assert.Equal(pagesStored, agent.LastStored!.Change.Pages.Length);
        Assert.All(agent.Pages.Values, stored =>
            Assert.True(stored.Messages.Length == 1 || stored.Messages.Sum(message => message.EncodedBytes()) <= 16 * 1024));
        agent.Post("hi");
        Assert.Equal(length < 16_000 ? page : page + 1, agent.Head.Page.N);
    }

    [Fact]
    public void Transaction_DoesNotGrowWithTheHistory()
    {
        var agent = new FakeAgent();
        var sizes = new List<int>();
        for (var n = 0; n < 2_000; n++)
        {
            agent.Post(new string('a', 200), $"r{n}");
            Assert.Single(agent.LastStored!.Change.Pages);
            sizes.Add(FakeAgent.Bytes(agent.LastStored));
        }

        // After 128 requests the head has its full size, and a page of events has 32 exchanges; from then on only digits are added.
        Assert.True(sizes.Skip(1_500).Max() <= sizes.Skip(128).Take(32).Max() + 100, $"{sizes.Max()}");
        Assert.InRange(sizes.Max(), 1, 12_000);
    }

    [Fact]
    public void Head_HasAtMost4200Bytes()
    {
        var agent = new FakeAgent();
        agent.Post("hi", key: "k");
        for (var n = 0; n < 200; n++)
            agent.Post("hi", $"r{n}");
        agent.Head = agent.Head! with
        {
            MessageCount = 1L << 47,
            LastSeq = 1L << 47,
            Turn = 1L << 47,
            Epoch = long.MaxValue,
            EventsFrom = 1L << 47,
            OpenTurns = 32,
            NextSchedule = FakeAgent.Start,
            NextExpiry = FakeAgent.Start,
        };
        Assert.InRange(System.Text.Json.JsonSerializer.Serialize(agent.Head, FakeAgent.Json).Length, 3_500, 4_200);
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(127, 0, true)]
    [InlineData(128, 0, true)]
    [InlineData(129, 0, false)]
    [InlineData(129, 1, true)]
    public void Request_IsRecognisedAmongTheLast128(int requests, int repeated, bool recognised)
    {
        var agent = new FakeAgent();
        var answers = Enumerable.Range(0, requests).Select(n => agent.Post($"m{n}", $"r{n}").Value!).ToList();
        var again = agent.Post($"m{repeated}", $"r{repeated}").Value!;
        Assert.Equal(recognised, agent.LastStored is null);
        Assert.Equal(recognised, again == answers[repeated]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Request_WithoutAnId_IsNeverARepeat(string? requestId)
    {
        var agent = new FakeAgent();
        agent.Post("hi", requestId);
        Assert.Equal(4, agent.Post("hi", requestId).Value!.MessageCount);
    }

    [Fact]
    public void Repeat_IsAnsweredFromItsPage_AfterManyMore()
    {
        var agent = new FakeAgent();
        agent.Post("hi", "r0");
        var answer = agent.Post("remember", "r1").Value;
        for (var n = 2; n < 100; n++)
            agent.Post("more", $"r{n}");
        Assert.Equal(answer, agent.Post("remember", "r1").Value);
        Assert.Equal(200, agent.Head!.MessageCount);
    }

    [Fact]
    public void Repeat_WhoseAnswerIsGone_QuarantinesTheAgent()
    {
        var agent = new FakeAgent();
        for (var n = 0; n < 20; n++)
            agent.Post("hi", $"r{n}");
        agent.Pages.Remove(1);
        Assert.Equal("agent_quarantined", agent.Post("hi", "r0").Refusal?.Code);
    }

    [Fact]
    public void PageBeyondItsHead_IsCutBack()
    {
        var agent = new FakeAgent();
        agent.Post("hi");
        var head = agent.Head;
        agent.Post("never acknowledged");
        agent.Head = head;
        Assert.Equal(4, agent.Post("instead").Value!.Seq);
        Assert.Equal(["hi", "instead"], agent.History(10).Value!.Messages.Where(message => message.Role == MessageRole.User).Select(message => message.Content));
    }

    [Fact]
    public void HeadBeyondItsPage_QuarantinesTheAgent()
    {
        var agent = new FakeAgent();
        agent.Post("hi");
        var page = agent.Pages[1];
        agent.Post("acknowledged");
        agent.Pages[1] = page;
        Assert.Equal("agent_quarantined", agent.Post("hi").Refusal?.Code);
        Assert.Equal("agent_quarantined", agent.History(10).Refusal?.Code);
        agent.Pages.Remove(1);
        Assert.Equal("agent_quarantined", agent.Post("hi").Refusal?.Code);
        Assert.Equal("agent_quarantined", agent.History(10).Refusal?.Code);
    }

    public static TheoryData<string, Func<AgentHead, AgentHead>> DamagedHeads => new()
    {
        { "half an entry", head => head with { Recent = new PackedEntries(new byte[19]) } },
        { "too many entries", head => head with { Recent = new PackedEntries(new byte[129 * 20]) } },
        { "half the counts", head => head with { Keys = new PackedEntries(new byte[64]) } },
        { "negative count", head => head with { MessageCount = -1 } },
        { "more messages than events", head => head with { LastSeq = 1 } },
        { "fewer messages than on the open page", head => head with { MessageCount = 1 } },
    };

    [Theory]
    [MemberData(nameof(DamagedHeads))]
    public void DamagedHead_QuarantinesTheAgent(string damage, Func<AgentHead, AgentHead> change)
    {
        var agent = new FakeAgent();
        agent.Post("hi");
        agent.Head = change(agent.Head!);
        Assert.True(agent.Post("hi").Refusal?.Code == "agent_quarantined", damage);
    }

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(0, uint.MaxValue)]
    [InlineData(1L << 32, 0u)]
    [InlineData((1L << 32) + uint.MaxValue, 0u)]
    public void Epoch_Rises(long stored, uint drawn) => Assert.True(Epoch.Next(stored, drawn) > stored);

    // createdAt had the clock's seven digits until the agent was loaded again, and three from then on.
    [Fact]
    public void Times_AreTheSameBeforeAndAfterBeingStored()
    {
        var agent = new FakeAgent { Now = FakeAgent.Start.AddTicks(1_234) };
        agent.Post("hello");
        Assert.Equal(FakeAgent.Start, agent.Head!.CreatedAt);
        Assert.Equal(FakeAgent.Start, agent.Head.LastActive);
    }
}
