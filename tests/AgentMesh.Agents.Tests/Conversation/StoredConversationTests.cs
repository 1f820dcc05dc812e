using System.Buffers.Binary;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Tests.Conversation;

/// <summary>What fits together among the records of a conversation, and what is damage.</summary>
public sealed class StoredConversationTests
{
    private static readonly AgentHead Head = AgentHead.Unborn(FakeAgent.Start) with { MessageCount = 2, LastSeq = 4, Turn = 1, Page = new OpenPage(1, 2, 400) };
    private static readonly SessionRecord Session = new(FakeAgent.Start, FakeAgent.Start, SessionMetadata.None, default, 2, 4, IsDeleted: false, null);

    [Theory]
    [InlineData(-1, 0, false)]
    [InlineData(0, 0, true)]
    [InlineData(32, 0, true)]
    [InlineData(32, 32, true)]
    [InlineData(33, 0, false)]
    [InlineData(1, 2, false)]
    [InlineData(1, -1, false)]
    public void OpenTurns_AreAtMost32_AndThePausedOnesAmongThem(int open, int paused, bool fits) =>
        Assert.Equal(fits ? null : "agent_quarantined", StoredConversation.CheckHead(Head with { OpenTurns = open, PausedTurns = paused })?.Code);

    [Theory]
    [InlineData(4, 2, 0, true)]
    [InlineData(5, 2, 0, false)]
    [InlineData(4, 1, 2, false)]
    [InlineData(4, 2, 2, true)]
    [InlineData(5, 1, 2, false)]
    public void Session_IsNotAheadOfTheHead_AndHasWhatIsOnItsPage(long lastSeq, long messages, int onPage, bool fits)
    {
        var session = Session with { LastSeq = lastSeq, MessageCount = messages, Page = new OpenPage(onPage == 0 ? 0 : 1, onPage, 400) };
        var opened = StoredConversation.Open(Head, session, StoredPages.OfSeqs([3, 4]).Pages[0]);
        Assert.Equal(fits ? null : "agent_quarantined", opened.Refusal?.Code);
        if (fits)
            Assert.Equal(onPage, opened.Value!.Messages.Length);
    }

    [Fact]
    public void AgentThatIsErased_IsNoDamagedOne()
    {
        var ahead = Session with { LastSeq = 5 };
        Assert.Equal("agent_erasing", StoredConversation.Open(Head with { IsErasing = true }, ahead, null).Refusal?.Code);
        Assert.Equal("agent_restoring", StoredConversation.Open(Head with { Restoring = "r" }, ahead, null).Refusal?.Code);
    }

    [Fact]
    public void PageWithoutMessages_IsDamage()
    {
        Assert.Equal("agent_quarantined", StoredConversation.Open(Head, null, MessagePage.Empty).Refusal?.Code);
        Assert.Equal("agent_quarantined", StoredConversation.Open(Head, null, null).Refusal?.Code);
    }

    /// <summary>16 messages or 16 KiB; an empty page takes a message of any size.</summary>
    [Theory]
    [InlineData(0, 0, 0, 1, false)]
    [InlineData(1, 15, 1000, 1, true)]
    [InlineData(1, 16, 1000, 1, false)]
    [InlineData(1, 2, 1000, 16 * 1024 - 1000, true)]
    [InlineData(1, 2, 1000, 16 * 1024 - 999, false)]
    public void OpenPage_HasRoom(int n, int count, int bytes, int more, bool hasRoom) =>
        Assert.Equal(hasRoom, new OpenPage(n, count, bytes).HasRoomFor(more));

    [Fact]
    public void PackedEntries_AreEqualByTheirBytes()
    {
        PackedEntries one = new([1, 2, 3]), same = new([1, 2, 3]), other = new([1, 2, 4]);
        Assert.True(one == same && !(one != same) && one != other && !(one == other));
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one.GetHashCode(), other.GetHashCode());
        Assert.Equal(default, PackedEntries.Empty);
    }

    /// <summary>16 counts of 2 bytes and times of 6. At 4,096 keys a bucket beside the key's own is looked for that has an expired one.</summary>
    [Theory]
    [InlineData(4095, -1, 3, null)]
    [InlineData(4096, -1, -1, null)]
    [InlineData(4096, 7, -1, null)]
    [InlineData(4096, 7, 3, null)]
    [InlineData(4096, -1, 3, 3)]
    [InlineData(4096, -1, 0, 0)]
    [InlineData(4096, -1, 15, 15)]
    public void BucketToPrune_IsOneWithAnExpiredKey_WhenThereIsNoRoom(int keys, int own, int other, int? bucket)
    {
        var counts = new byte[16 * 8];
        for (var n = 0; n < 16; n++)
        {
            // Bucket 9 has no key, and no time.
            var count = n == 8 ? keys - 14 * 256 : n == 9 ? 0 : 256;
            var at = n == own || n == other ? FakeAgent.Start.AddHours(-24) : FakeAgent.Start.AddHours(-24).AddMilliseconds(1);
            BinaryPrimitives.WriteUInt64BigEndian(counts.AsSpan(n * 8), count == 0 ? 0 : (ulong)count << 48 | (ulong)at.ToUnixTimeMilliseconds());
        }

        Assert.Equal(keys, IdempotencyCounts.Total(new PackedEntries(counts)));
        Assert.Equal(bucket, IdempotencyCounts.BucketToPrune(new PackedEntries(counts), 7, FakeAgent.Start));
    }

    [Theory]
    [InlineData(49, true)]
    [InlineData(98, true)]
    [InlineData(48, false)]
    [InlineData(50, false)]
    [InlineData(0, false)]
    public void Bucket_HasWholeKeys_AndSomeWhenTheHeadSaysSo(int bytes, bool fits)
    {
        var bucket = new IdempotencyBucket(new PackedEntries(new byte[bytes]));
        var whole = new IdempotencyBucket(new PackedEntries(new byte[49]));
        var head = Head with { Keys = IdempotencyCounts.With(IdempotencyCounts.With(default, 3, whole), 4, whole) };
        var refusal = fits ? null : "agent_quarantined";
        Assert.Equal(refusal, new KeyBuckets(3, bucket, null, null).Check(head)?.Code);
        Assert.Equal(refusal, new KeyBuckets(3, whole, 4, bucket).Check(head)?.Code);
        Assert.Equal("agent_quarantined", new KeyBuckets(3, whole, 4, null).Check(head)?.Code);
    }

    /// <summary>Wallets are told as the guide tells them.</summary>
    [Theory]
    [InlineData(0, null, "This is our first message. You said: \"hi\".")]
    [InlineData(2, null, "I remember our conversation (2 messages). You said: \"hi\".")]
    [InlineData(0, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "This is our first message. You said: \"hi\". My wallet is 0x5aAeb605...")]
    public void Echo_SaysWhatItRemembers_AndItsWallet(long before, string? wallet, string reply) => Assert.Equal(reply, EchoResponder.Reply("hi", before, wallet));

    [Fact]
    public void Tool_IsNoMessageOfTheRateLimit()
    {
        var agent = new FakeAgent();
        agent.Rules = agent.Rules with { Rate = new RateRule(1, TimeSpan.FromMinutes(1)) };
        Assert.Null(agent.Post("hi").Refusal);
        Assert.Equal("rate_limited", agent.Post("hi").Refusal?.Code);
        var request = PostRequest.Create("""{"tool":"t","arguments":{}}""", null, null, null) with { Tool = "t" };
        var inputs = new PostInputs(agent.Head!, null, agent.Pages[1], agent.Events.Values.Single(), null, null);
        var stored = Assert.IsType<StoredPost>(MessagePosting.Post(inputs, request, agent.Rules, FakeAgent.Epoch, agent.Now).Value);
        Assert.Null(stored.Rate);
        Assert.Equal(agent.Head!.Accepted, stored.Change.Head.Accepted);
    }

    [Fact]
    public void Post_WithoutAText_IsOfAnEmptyOne()
    {
        Assert.Equal("", PostRequest.Create(null, null, null, null).Content);
        Assert.Equal("invalid_content", new FakeAgent().Post(null!).Refusal?.Code);
    }

    [Fact]
    public void AgentThatIsErased_SaysSo_BeforeAnythingElse()
    {
        var agent = new FakeAgent();
        agent.Post("hi", key: "k");
        agent.Buckets.Clear();
        agent.Head = agent.Head! with { IsErasing = true };
        Assert.Equal("agent_erasing", agent.Post("hi", key: "k").Refusal?.Code);
        Assert.Equal("agent_erasing", agent.Post("hi", session: "unknown").Refusal?.Code);
    }

    /// <summary>A key that half a transaction left behind may point to a seq that was given out again: the times differ.</summary>
    [Theory]
    [InlineData(null, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(-1, false)]
    public void Repeat_IsOfTheTimeThatItsKeyKnows(int? milliseconds, bool found)
    {
        var page = StoredPages.OfSeqs([3, 4]).Pages[0];
        DateTimeOffset? at = milliseconds is { } ms ? FakeAgent.Start.AddMilliseconds(ms) : null;
        var message = MessagePosting.Find(new RepeatedPost(new PagePointer(1, 4), at), page);
        Assert.Equal((found ? 4 : null, found ? null : "agent_quarantined"), (message.Value?.Seq, message.Refusal?.Code));
    }

    /// <summary>A model's answer comes later than its question, and on another page when that one is full.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(15, 1)]
    public void AnswerToARepeat_KnowsTheTimeOfItsMessage_WhenItIsOnItsPage(int before, int secondsOfUser)
    {
        var agent = new FakeAgent();
        agent.Rules = agent.Rules with { AnswersAtOnce = false };
        for (var n = 0; n < before; n++)
        {
            agent.Post("hi");
            agent.Cancel(agent.Head!.Turn);
        }

        var asked = agent.Post("question", "r").Value!;
        Assert.Equal((asked.Seq, FakeAgent.Start), (agent.Head!.Turn, asked.UserAt));
        agent.Post("another");
        Assert.Equal(asked.Seq + 1, agent.Head.Turn);
        agent.Now += TimeSpan.FromSeconds(1);
        agent.Complete(asked.Seq, 1, "answer");
        // The last turn is still the one that waited.
        Assert.Equal(asked.Seq + 1, agent.Head.Turn);
        var again = MessagePosting.ToAnswer(agent.Pages.Values.SelectMany(page => page.Messages).Last(), "default", agent.Pages[agent.Head.Page.N]);
        Assert.Equal(("answer", asked.Seq, asked.TurnId), (again.Response, again.UserSeq, again.TurnId));
        Assert.Equal((FakeAgent.Start.AddSeconds(1), FakeAgent.Start.AddSeconds(secondsOfUser)), (again.At, again.UserAt));
    }
}
