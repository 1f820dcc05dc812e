using AgentMesh.Agents.Conversation;
using CsCheck;

namespace AgentMesh.Agents.Tests.Conversation;

public sealed class MessageHistoryTests
{
    [Theory]
    [InlineData(0, "invalid_limit")]
    [InlineData(1, null)]
    [InlineData(1000, null)]
    [InlineData(1001, "invalid_limit")]
    [InlineData(int.MinValue, "invalid_limit")]
    public void Limit_Is1To1000(int limit, string? refusal)
    {
        Assert.Equal(refusal, new FakeAgent().History(limit).Refusal?.Code);
        Assert.Equal(refusal, Talk(3).History(limit).Refusal?.Code);
    }

    [Fact]
    public void UnknownSession_IsRefused() => Assert.Equal("session_not_found", Talk(1).History(10, session: "x").Refusal?.Code);

    // 20 messages on two pages.
    [Theory]
    [InlineData(100, null, 1, 20, null, 2)]
    [InlineData(20, null, 1, 20, null, 2)]
    [InlineData(19, null, 2, 20, 2L, 2)]
    [InlineData(4, null, 17, 20, 17L, 1)]
    [InlineData(5, null, 16, 20, 16L, 2)]
    [InlineData(1, null, 20, 20, 20L, 1)]
    [InlineData(4, 21L, 17, 20, 17L, 1)]
    [InlineData(4, 99L, 17, 20, 17L, 1)]
    [InlineData(4, 17L, 13, 16, 13L, null)]
    [InlineData(100, 3L, 1, 2, null, null)]
    [InlineData(1, 2L, 1, 1, null, null)]
    public void Slice_IsOldestFirst_AndBeforeIsExclusive(int limit, long? before, long first, long last, long? nextBefore, int? pagesRead)
    {
        var agent = Talk(10);
        var slice = agent.History(limit, before).Value!;
        Assert.Equal(Enumerable.Range((int)first, (int)(last - first + 1)).Select(n => (long)n), slice.Messages.Select(message => message.Seq));
        Assert.Equal(nextBefore, slice.NextBefore);
        if (pagesRead is { } count)
            Assert.Equal(count, agent.Loaded.Count);
    }

    [Theory]
    [InlineData(1L)]
    [InlineData(0L)]
    [InlineData(-5L)]
    public void NothingBeforeTheFirst(long before)
    {
        var agent = Talk(10);
        var slice = agent.History(10, before).Value!;
        Assert.Empty(slice.Messages);
        Assert.Null(slice.NextBefore);
        Assert.Empty(agent.Loaded);
    }

    [Fact]
    public void AgentNeverUsed_HasAnEmptyHistory()
    {
        var slice = new FakeAgent().History(10).Value!;
        Assert.Empty(slice.Messages);
        Assert.Null(slice.NextBefore);
    }

    [Fact]
    public void FullSlice_DoesNotLoadThePageBehindIt()
    {
        var agent = Talk(400);
        agent.History(16);
        Assert.Equal([50], agent.Loaded);
        agent.History(17);
        Assert.Equal([50, 49], agent.Loaded);
    }

    [Fact]
    public void Slice_EndsEarlyAt2MiB_AndGoesOnWithNextBefore()
    {
        var agent = new FakeAgent();
        for (var n = 0; n < 30; n++)
            agent.Post(new string('a', 65_536));
        var slice = agent.History(1000).Value!;
        Assert.InRange(slice.Messages.Sum(message => message.EncodedBytes()), 1_900_000, ConversationLimits.HistoryBytes);
        Assert.Equal(slice.Messages[0].Seq, slice.NextBefore);
        Assert.Equal(60, slice.Messages.Length + agent.History(1000, slice.NextBefore).Value!.Messages.Length);
    }

    [Fact]
    public void MissingPage_QuarantinesTheAgent()
    {
        var agent = Talk(100);
        agent.Pages.Remove(3);
        Assert.Equal("agent_quarantined", agent.History(1000).Refusal?.Code);
        Assert.Equal("agent_quarantined", agent.History(1, 40).Refusal?.Code);
        Assert.Null(agent.History(10).Refusal);
    }

    [Fact]
    public void PagingBack_ShowsEveryMessageOnce_AndReadsALogarithmOfPages() =>
        Gen.Select(Gen.Int[1, 3_000].Array[1, 120], Gen.Int[1, 40]).Sample(
            (lengths, limit) =>
            {
                var agent = new FakeAgent();
                foreach (var length in lengths)
                {
                    agent.Post(new string('a', length * length % 20_000 + 1));
                    // Other events take numbers too, so that seqs have gaps and pages are not alike.
                    agent.Head = agent.Head! with { LastSeq = agent.Head.LastSeq + length % 7 * (length % 50) };
                }

                var all = agent.Pages.OrderBy(page => page.Key).SelectMany(page => page.Value.Messages).ToList();
                var shown = new List<StoredMessage>();
                long? before = null;
                do
                {
                    var slice = agent.History(limit, before).Value!;
                    Assert.NotEmpty(slice.Messages);
                    shown.InsertRange(0, slice.Messages);
                    var shownPages = slice.Messages.Select(message => agent.Pages.Single(page => page.Value.Messages.Contains(message)).Key).Distinct().Count();
                    // A guess and a halving in turn: twice the logarithm.
                    Assert.InRange(agent.Loaded.Count, 1, shownPages + 1 + 2 * (int)Math.Ceiling(Math.Log2(agent.Head!.Page.N + 1)));
                    before = slice.NextBefore;
                }
                while (before is not null);
                Assert.Equal(all, shown);
            });

    [Fact]
    public void LongHistory_IsFoundInFewReads()
    {
        var agent = Talk(8_000);
        Assert.Equal(1_000, agent.Head!.Page.N);
        foreach (var before in new[] { 2L, 17, 4_000, 8_001, 12_345, 15_999 })
        {
            agent.History(1, before);
            Assert.InRange(agent.Loaded.Count, 1, 3);
        }
    }

    private static FakeAgent Talk(int exchanges)
    {
        var agent = new FakeAgent();
        for (var n = 0; n < exchanges; n++)
            agent.Post("hi");
        return agent;
    }
}
