using AgentMesh.Agents.Conversation;

namespace AgentMesh.Agents.Tests.Conversation;

public sealed class IdempotencyTests
{
    [Fact]
    public void SameKeySameBody_HasTheSameAnswer_AndStoresNothing()
    {
        var agent = new FakeAgent();
        var answer = agent.Post("hi", key: "k").Value;
        for (var n = 0; n < 300; n++)
            agent.Post("more", $"r{n}");
        Assert.Equal(answer, agent.Post("hi", "another request", "k").Value);
        Assert.Null(agent.LastStored);
    }

    [Fact]
    public void SameKeyOtherBody_IsRefused()
    {
        var agent = new FakeAgent();
        agent.Post("hi", key: "k");
        Assert.Equal("idempotency_key_reused", agent.Post("ho", key: "k").Refusal?.Code);
        Assert.Equal("idempotency_key_reused", agent.Post("", key: "k").Refusal?.Code);
        Assert.Equal(2, agent.Head!.MessageCount);
    }

    [Fact]
    public void OtherKeySameBody_IsAnotherMessage()
    {
        var agent = new FakeAgent();
        agent.Post("hi", key: "k");
        Assert.Equal(4, agent.Post("hi", key: "K").Value!.MessageCount);
    }

    [Fact]
    public void RefusedMessage_DoesNotUseUpItsKey()
    {
        var agent = new FakeAgent();
        Assert.Equal("invalid_content", agent.Post("", key: "k").Refusal?.Code);
        Assert.Equal(2, agent.Post("hi", key: "k").Value!.MessageCount);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(86_399_999, true)]
    [InlineData(86_400_000, false)]
    [InlineData(86_400_001, false)]
    [InlineData(-1_000, true)] // The clock was set back: not expired.
    public void Key_IsKeptFor24Hours(long afterMs, bool kept)
    {
        var agent = new FakeAgent();
        agent.Post("hi", key: "k");
        agent.Now = FakeAgent.Start.AddMilliseconds(afterMs);
        Assert.Equal(kept ? 2 : 4, agent.Post("hi", key: "k").Value!.MessageCount);
        Assert.Equal(kept ? "idempotency_key_reused" : null, new FakeAgentAt(agent.Now).Reuse().Refusal?.Code);
    }

    [Fact]
    public void ExpiredKeys_ArePrunedWhenTheirBucketIsWritten()
    {
        var agent = new FakeAgent();
        for (var n = 0; n < 200; n++)
            agent.Post("hi", key: $"k{n}");
        var before = agent.Buckets.Values.Sum(bucket => bucket.Entries.Bytes.Length);
        agent.Now += TimeSpan.FromHours(24);
        for (var n = 0; n < 200; n++)
            agent.Post("hi", key: $"n{n}");
        Assert.Equal(before, agent.Buckets.Values.Sum(bucket => bucket.Entries.Bytes.Length));
    }

    [Fact]
    public void Keys_AreAtMost4096_AndNoUnexpiredOneIsForgotten()
    {
        var agent = new FakeAgent();
        for (var n = 0; n < 4_096; n++)
        {
            agent.Now = FakeAgent.Start.AddSeconds(n);
            Assert.False(agent.Post("hi", key: $"k{n}").IsRefused);
        }

        Assert.Equal("too_many_idempotency_keys", agent.Post("hi", key: "one more").Refusal?.Code);
        Assert.Equal(2, agent.Post("hi", key: "k0").Value!.Seq);
        Assert.False(agent.Post("hi", "no key").IsRefused);

        // At the second in which the first key expires there is room for one more and no other, in whatever bucket.
        agent.Now = FakeAgent.Start.AddHours(24);
        Assert.False(agent.Post("hi", key: "one more").IsRefused);
        Assert.InRange(agent.LastStored!.Change.Buckets.Length, 1, 2);
        Assert.Equal("too_many_idempotency_keys", agent.Post("hi", key: "two more").Refusal?.Code);
        for (var n = 1; n < 4_096; n++)
            Assert.Equal(2 + 2 * n, agent.Post("hi", key: $"k{n}").Value!.Seq);
    }

    [Fact]
    public void Transaction_AtTheMaximumOfKeys_IsBounded()
    {
        var agent = new FakeAgent();
        var biggest = 0;
        for (var n = 0; n < 4_096; n++)
        {
            agent.Post("hi", key: $"k{n}");
            biggest = Math.Max(biggest, FakeAgent.Bytes(agent.LastStored!));
        }

        Assert.InRange(biggest, 1, 32_000);
    }

    [Fact]
    public void BucketThatLostItsKeys_QuarantinesTheAgent()
    {
        var agent = new FakeAgent();
        agent.Post("hi", key: "k");
        agent.Buckets.Clear();
        Assert.Equal("agent_quarantined", agent.Post("hi", key: "k").Refusal?.Code);
    }

    [Fact]
    public void KeyOfATransactionWhoseHeadWasNotStored_IsNoRepeat()
    {
        var agent = new FakeAgent();
        agent.Post("hi");
        var head = agent.Head;
        agent.Post("lost", key: "k");
        agent.Head = head;
        Assert.Equal(4, agent.Post("lost", key: "k").Value!.Seq);
        Assert.NotNull(agent.LastStored);
        Assert.Equal(4, agent.Post("lost", key: "k").Value!.Seq);
        Assert.Null(agent.LastStored);
    }

    private sealed class FakeAgentAt(DateTimeOffset later)
    {
        internal Primitives.Result<PostAnswer> Reuse()
        {
            var agent = new FakeAgent();
            agent.Post("hi", key: "k");
            agent.Now = later;
            return agent.Post("other", key: "k");
        }
    }
}
