using AgentMesh.Agents.Usage;

namespace AgentMesh.Agents.Tests.Usage;

public sealed class UsageRecordTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Read_IsCountedAndItsTimeIsKept()
    {
        var first = UsageRecord.Seen(null, Noon.AddTicks(1));
        Assert.Equal(new UsageRecord(Noon, 1), first);
        Assert.Equal(new UsageRecord(Noon.AddSeconds(1), 2), UsageRecord.Seen(first, Noon.AddSeconds(1)));
    }

    [Theory]
    // Seconds after noon, of what is stored and of what came since: the later one counts, whichever it is.
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 2)]
    public void StoredAndSince_AreOne(int stored, int since, int last) => Assert.Equal(
        new UsageRecord(Noon.AddSeconds(last), 12), UsageRecord.Together(new UsageRecord(Noon.AddSeconds(stored), 5), new UsageRecord(Noon.AddSeconds(since), 7)));

    [Fact]
    public void OneOfTwo_IsThatOne()
    {
        var one = new UsageRecord(Noon, 5);
        Assert.Same(one, UsageRecord.Together(one, null));
        Assert.Same(one, UsageRecord.Together(null, one));
        Assert.Null(UsageRecord.Together(null, null));
    }
}
