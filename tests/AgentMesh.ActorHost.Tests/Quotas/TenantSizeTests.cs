using AgentMesh.ActorHost.Quotas;
using AgentMesh.Agents.Quotas;
using AgentMesh.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Quotas;

/// <summary>The lines that wait for a tenant's list.</summary>
public sealed class TenantSizeTests
{
    private static readonly TenantId Tenant = TenantId.Parse("default");

    /// <summary>A call rewrites each shard that it touches: of 10,000 lines in 1,024 shards a batch of 32 takes those of some three or four.</summary>
    [Fact]
    public void Lines_AreTakenByShard_EachOnce()
    {
        var size = new TenantSize(Tenant, new FakeTimeProvider());
        for (var n = 0; n < 10_000; n++)
            Assert.True(size.TryAdd(Line(n), 10_000));
        var taken = new List<string>();
        while (size.Take(AgentListLimits.Batch) is { Count: > 0 } batch)
        {
            Assert.InRange(batch.Select(line => AgentTable.ShardOf(line.User.ToString())).Distinct().Count(), 1, 10);
            taken.AddRange(batch.Select(line => line.User.ToString()));
            size.Hear(taken.Count, 0, AgentListLimits.Batch);
        }

        Assert.Equal(10_000, taken.Distinct().Count());
        Assert.Equal(10_000, taken.Count);
    }

    /// <summary>A line that came meanwhile is in the next round, one that was taken out is in none, and one that failed comes again.</summary>
    [Fact]
    public void Lines_ThatComeOrGoMeanwhile()
    {
        var size = new TenantSize(Tenant, new FakeTimeProvider());
        for (var n = 0; n < 3; n++)
            size.TryAdd(Line(n), 10);
        var first = Assert.Single(size.Take(1)).User;
        size.Fail();
        size.TryAdd(Line(3), 10);
        var gone = Enumerable.Range(0, 4).Select(n => Line(n).User).First(user => user != first);
        size.Erase(gone);
        Assert.Equal(
            Enumerable.Range(0, 4).Select(n => Line(n).User).Where(user => user != gone).Select(user => user.ToString()).Order(),
            size.Take(10).Select(line => line.User.ToString()).Order());
        Assert.Empty(size.Take(10));
    }

    private static AgentLine Line(int n) => new(UserId.Parse($"user-{n}"), n);
}
