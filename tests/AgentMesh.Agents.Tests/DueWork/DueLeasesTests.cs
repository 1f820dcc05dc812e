using AgentMesh.Agents.DueWork;

namespace AgentMesh.Agents.Tests.DueWork;

public sealed class DueLeasesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(59_999, 0, true)]
    [InlineData(60_000, 0, false)]
    // Noted anew: another entry.
    [InlineData(0, 1, false)]
    [InlineData(0, -1, false)]
    public void Entry_IsTakenForAMinute(int laterMs, int movedMs, bool isTaken)
    {
        var leases = DueLeases.Empty.Take([new DueEntry("alice", Now)], Now);
        var entry = new DueEntry("alice", Now.AddMilliseconds(movedMs));
        Assert.Equal(isTaken, leases.IsTaken(entry, Now.AddMilliseconds(laterMs)));
        Assert.Equal(isTaken, leases.Expire(Now.AddMilliseconds(laterMs)).IsTaken(entry, Now.AddMilliseconds(laterMs)));
        Assert.False(leases.IsTaken(entry with { User = "bob" }, Now));
        Assert.False(leases.End(["alice", "bob"]).IsTaken(entry, Now));
    }

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(4095, 1)]
    [InlineData(4096, 0)]
    public void Leases_HaveALimit_AndExpire(int taken, int room)
    {
        var leases = DueLeases.Empty.Take(Enumerable.Range(0, taken).Select(n => new DueEntry($"user-{n}", Now)), Now);
        Assert.Equal(room, leases.Room);
        Assert.Equal(room, leases.Expire(Now.AddMilliseconds(59_999)).Room);
        Assert.Equal(DueLimits.Leases, leases.Expire(Now.AddMilliseconds(60_000)).Room);
    }
}
