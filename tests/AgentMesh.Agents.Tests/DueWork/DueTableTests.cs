using System.Collections.Immutable;
using System.Text.Json;
using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Tests.Conversation;
using CsCheck;

namespace AgentMesh.Agents.Tests.DueWork;

/// <summary>The index of due work: what each verb does to one user's entry, and that the head always knows the earliest time.</summary>
public sealed class DueTableTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    /// <summary>Seconds from now; null: none.</summary>
    [Theory]
    [InlineData(null, 60, 60)]
    [InlineData(60, 60, 60)]
    [InlineData(60, 59, 59)]
    [InlineData(60, 61, 60)]
    [InlineData(1, 3600, 1)]
    // It has passed, and who notes a later time has nothing overdue.
    [InlineData(0, 3600, 3600)]
    [InlineData(-1, 3600, 3600)]
    [InlineData(-1, -2, -2)]
    public void Note_LeavesTheEarlierOfTwoTimesToCome(int? known, int noted, int expected)
    {
        var table = Empty();
        if (known is { } seconds)
            table = table.Note("alice", Now.AddSeconds(seconds), Now.AddDays(-1));
        table = table.Note("alice", Now.AddSeconds(noted), Now);
        Assert.Equal(Now.AddSeconds(expected), EntryOf(table, "alice")!.At);
        Assert.Equal(Now.AddSeconds(expected), table.Index.First);
        // A repeat changes nothing.
        Assert.Equal(EntryOf(table, "alice"), EntryOf(table.Note("alice", Now.AddSeconds(noted), Now), "alice"));
    }

    [Theory]
    [InlineData(0, null, null)]
    [InlineData(0, 60, 60)]
    [InlineData(0, -60, -60)]
    // Another entry than was taken: noted meanwhile.
    [InlineData(1, null, 0)]
    [InlineData(-1, 60, 0)]
    public void Settle_RemovesOrMovesWhatWasTaken_AndNothingElse(int taken, int? next, int? expected)
    {
        var table = Empty().Note("alice", Now, Now);
        for (var repeat = 0; repeat < 2; repeat++)
        {
            table = table.Settle("alice", Now.AddMilliseconds(taken), next is { } seconds ? Now.AddSeconds(seconds) : null);
            Assert.Equal(expected is { } at ? Now.AddSeconds(at) : null, EntryOf(table, "alice")?.At);
        }

        Assert.Equal(expected is null, table.Index.Firsts.Bytes.IsEmpty);
    }

    [Fact]
    public void Forget_RemovesTheUserAndNobodyElse()
    {
        var table = Empty().Note("alice", Now, Now).Note("bob", Now.AddSeconds(1), Now);
        table = table.Forget("alice").Forget("alice").Forget("carol");
        Assert.Null(EntryOf(table, "alice"));
        Assert.Equal(Now.AddSeconds(1), table.Index.First);
        Assert.Equal(DueIndex.Empty, table.Forget("bob").Index);
    }

    [Fact]
    public void Times_AreWholeMilliseconds()
    {
        var table = Empty().Note("alice", Now.AddTicks(7), Now);
        Assert.Equal(Now, EntryOf(table, "alice")!.At);
        Assert.Equal(Now.AddSeconds(1), EntryOf(table.Settle("alice", Now, Now.AddSeconds(1).AddTicks(7)), "alice")!.At);
    }

    [Theory]
    [InlineData(DueLimits.EntriesPerShard - 1, true)]
    [InlineData(DueLimits.EntriesPerShard, false)]
    public void FullShard_TakesNobodyElse_AndServesThoseItHas(int entries, bool hasRoom)
    {
        var shard = DueIndex.ShardOf("alice");
        var others = Enumerable.Range(0, int.MaxValue).Select(n => $"other-{n}").Where(user => DueIndex.ShardOf(user) == shard).Take(entries).ToList();
        var table = Empty();
        table = table with { Shards = table.Shards.SetItem(shard, new DueShard([.. others.Select(user => new DueEntry(user, Now))])) };
        Assert.Equal(hasRoom, table.HasRoomFor("alice"));
        Assert.Equal(hasRoom, EntryOf(table.Note("alice", Now, Now), "alice") is not null);
        Assert.True(table.HasRoomFor(others[0]));
        Assert.Equal(Now.AddSeconds(1), EntryOf(table.Note(others[0], Now.AddSeconds(1), Now), others[0])!.At);
        Assert.True(table.Forget(others[0]).HasRoomFor("alice"));
    }

    [Fact]
    public void Shards_AreTheApprovedOnes() =>
        Assert.Equal([43, 129, 162], new[] { "alice", "bob", "u-1" }.Select(DueIndex.ShardOf));

    [Fact]
    public void Keys_AreTheApprovedOnes() =>
        Assert.Equal(["due", "due:7", "due-tenants"], [TenantStateKeys.Due, TenantStateKeys.DueShard(7), DueTenants.Key]);

    /// <summary>The head is the earliest time of each shard, whatever is done in which order.</summary>
    [Fact]
    public void Head_KnowsTheEarliestOfEachShard() => Gen.Select(Gen.Int[0, 40], Gen.Int[0, 3], Gen.Int[-100, 100]).Array[0, 200].Sample(steps =>
    {
        var table = Empty();
        foreach (var (user, verb, seconds) in steps)
        {
            var name = $"user-{user}";
            table = verb switch
            {
                0 or 1 => table.Note(name, Now.AddSeconds(seconds), Now),
                2 => table.Settle(name, EntryOf(table, name)?.At ?? Now, seconds < 0 ? null : Now.AddSeconds(seconds)),
                _ => table.Forget(name),
            };
        }

        foreach (var (n, shard) in table.Shards)
        {
            Assert.Equal(shard.First, table.Index.FirstOf(n));
            Assert.Equal(shard.Entries.Length, shard.Entries.DistinctBy(entry => entry.User).Count());
        }

        var due = table.Index.Due(Now);
        Assert.Equal(table.Shards.Where(shard => shard.Value.First <= Now).Select(shard => shard.Key).Order(), due.Order());
        Assert.Equal(due.Select(n => table.Index.FirstOf(n)).Order(), due.Select(n => table.Index.FirstOf(n)));
        Assert.Equal(table.Shards.Values.Min(shard => shard.First), table.Index.First);
    });

    /// <summary>All that one call can write is one transaction, which daprd takes up to 4 MiB.</summary>
    [Fact]
    public void FullShardsOfOneBatch_FitIntoOneTransaction()
    {
        var name = new string('x', 60);
        var shard = new DueShard([.. Enumerable.Range(0, DueLimits.EntriesPerShard).Select(n => new DueEntry($"{name}{n:0000}", Now))]);
        Assert.InRange(JsonSerializer.Serialize(shard, FakeAgent.Json).Length * DueLimits.Batch, 1, 4 * 1024 * 1024 - 64 * 1024);
    }

    private static DueTable Empty() => new(DueIndex.Empty, Enumerable.Range(0, DueLimits.Shards).ToImmutableDictionary(n => n, _ => DueShard.Empty));

    private static DueEntry? EntryOf(DueTable table, string user) => table.Shards[DueIndex.ShardOf(user)].Find(user);
}
