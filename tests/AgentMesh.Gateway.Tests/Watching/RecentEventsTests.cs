using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Watching;

namespace AgentMesh.Gateway.Tests.Watching;

public sealed class RecentEventsTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    public void TooMany_TheOldestGoes(int count, long oldest)
    {
        var recent = new RecentEvents(3, int.MaxValue);
        Append(recent, count, "");
        Assert.Equal(oldest, Oldest(recent, count));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 2)]
    public void TooLong_TheOldestGoes(int more, long oldest)
    {
        var recent = new RecentEvents(100, (2 * Event(1, "text").Bytes) + more);
        Append(recent, 2, "text");
        Assert.Equal(oldest, Oldest(recent, 2));
    }

    [Fact]
    public void OneThatIsLongerThanAll_Stays()
    {
        var recent = new RecentEvents(100, 1);
        Append(recent, 3, "text");
        Assert.Equal([3], recent.After(2, 10)!.Select(next => next.Seq));
    }

    [Theory]
    [InlineData(0, 10, new long[] { 1, 2, 3 })]
    [InlineData(0, 2, new long[] { 1, 2 })]
    [InlineData(2, 10, new long[] { 3 })]
    [InlineData(3, 10, null)]
    [InlineData(9, 10, null)]
    public void After_IsWhatFollows_OrNotHere(long after, int max, long[]? seqs)
    {
        var recent = new RecentEvents(10, int.MaxValue);
        Append(recent, 3, "");
        Assert.Equal(seqs, recent.After(after, max)?.Select(next => next.Seq));
        recent.Clear();
        Assert.Null(recent.After(after, max));
    }

    private static void Append(RecentEvents recent, int count, string content)
    {
        for (var seq = 1; seq <= count; seq++)
            recent.Append(Event(seq, content));
    }

    private static long Oldest(RecentEvents recent, int count) =>
        Enumerable.Range(0, count).Select(after => recent.After(after, 1)).First(events => events is not null)![0].Seq;

    private static WatchedEvent Event(long seq, string content) =>
        new(new AgentEvent(seq, 0, "default", EventTypes.Message, new EventData("t", "user", content)));
}
