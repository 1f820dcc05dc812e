using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Tests.Conversation;

namespace AgentMesh.Agents.Tests.Limits;

public sealed class RateWindowTests
{
    private readonly FakeAgent _agent = new();

    public RateWindowTests() => Allow(3, 60);

    [Fact]
    public void Messages_AreAcceptedUpToTheLimit_AndAgainWhenTheFirstLeavesTheWindow()
    {
        for (var n = 0; n < 3; n++)
        {
            Assert.Null(_agent.Post("message", $"r{n}").Refusal);
            Assert.Equal(2 - n, _agent.LastStored!.Rate!.Remaining);
            _agent.Now += TimeSpan.FromSeconds(10);
        }

        Assert.Equal("rate_limited", _agent.Post("one too many").Refusal!.Code);
        _agent.Now = FakeAgent.Start + TimeSpan.FromMilliseconds(59_999);
        Assert.Equal("rate_limited", _agent.Post("a millisecond early").Refusal!.Code);
        _agent.Now = FakeAgent.Start + TimeSpan.FromSeconds(60);
        Assert.Null(_agent.Post("at the second").Refusal);
        Assert.Equal("rate_limited", _agent.Post("and no more").Refusal!.Code);
        Assert.Equal(8, _agent.Head!.MessageCount);
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(1, 60)]
    [InlineData(1000, 59)]
    [InlineData(59_000, 1)]
    [InlineData(59_999, 1)]
    public void Reset_IsInWholeSecondsRoundedUp(int passedMs, int seconds)
    {
        for (var n = 0; n < 3; n++)
            _agent.Post("message");
        _agent.Now += TimeSpan.FromMilliseconds(passedMs);
        Assert.EndsWith($"it takes the next in {seconds} s.", _agent.Post("more").Refusal!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyAcceptedMessagesCount()
    {
        _agent.Post("once", key: "key");
        for (var n = 0; n < 5; n++)
        {
            Assert.Null(_agent.Post("once", key: "key").Refusal);
            Assert.Equal("idempotency_key_reused", _agent.Post("other", key: "key").Refusal!.Code);
            Assert.Equal("invalid_content", _agent.Post("").Refusal!.Code);
            Assert.Equal("session_not_found", _agent.Post("lost", session: "nowhere").Refusal!.Code);
        }

        Assert.Null(_agent.Post("two").Refusal);
        Assert.Null(_agent.Post("three").Refusal);
        Assert.Equal("rate_limited", _agent.Post("four").Refusal!.Code);
        Assert.Null(_agent.Post("once", key: "key").Refusal);
    }

    [Theory]
    [InlineData(10, 7)]
    [InlineData(3, 0)]
    [InlineData(2, 0)]
    public void ChangedLimit_CountsWhatWasAcceptedBefore(int permits, int remaining)
    {
        for (var n = 0; n < 3; n++)
            _agent.Post("message");
        Allow(permits, 60);
        var more = _agent.Post("more");
        Assert.Equal(remaining == 0, more.IsRefused);
        if (!more.IsRefused)
            Assert.Equal(remaining - 1, _agent.LastStored!.Rate!.Remaining);
    }

    [Fact]
    public void WithoutALimit_NothingIsKept()
    {
        _agent.Post("message");
        Assert.False(_agent.Head!.Accepted.Bytes.IsEmpty);
        _agent.Rules = _agent.Rules with { Rate = null };
        for (var n = 0; n < 100; n++)
            Assert.Null(_agent.Post("message").Refusal);
        Assert.True(_agent.Head.Accepted.Bytes.IsEmpty);
    }

    [Theory]
    [InlineData(-59_999, true)]
    [InlineData(-60_000, false)]
    public void ClockSetBack_HoldsNobodyBackForMoreThanAWindow(int ms, bool limited)
    {
        for (var n = 0; n < 3; n++)
            _agent.Post("message");
        _agent.Now += TimeSpan.FromMilliseconds(ms);
        Assert.Equal(limited, _agent.Post("after the change").IsRefused);
    }

    [Fact]
    public void Head_KeepsNoMoreThanTheWindow()
    {
        Allow(RateRule.MaxPermits, 1);
        for (var n = 0; n < 2000; n++)
        {
            _agent.Post("message");
            _agent.Now += TimeSpan.FromMilliseconds(1);
        }

        Assert.Equal(6 * RateRule.MaxPermits, _agent.Head!.Accepted.Bytes.Length);
    }

    private void Allow(int permits, int seconds) =>
        _agent.Rules = _agent.Rules with { Rate = new RateRule(permits, TimeSpan.FromSeconds(seconds)) };
}
