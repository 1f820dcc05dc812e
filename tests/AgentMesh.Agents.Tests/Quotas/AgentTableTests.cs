using System.Collections.Immutable;
using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Quotas;

namespace AgentMesh.Agents.Tests.Quotas;

/// <summary>A tenant's list of agents: who there is, and what the messages of all take.</summary>
public sealed class AgentTableTests
{
    private static readonly AgentTable Empty = new(
        AgentIndex.Empty, Enumerable.Range(0, AgentListLimits.Shards).ToImmutableDictionary(n => n, _ => AgentShard.Empty));

    [Fact]
    public void Note_CountsEachAgentOnce_AndWhatWasSaidLast()
    {
        var table = Empty.Note("alice", 0).Note("bob", 100).Note("alice", 70);
        Assert.Equal((2, 170), (table.Index.Agents, table.Index.Bytes));
        Assert.Same(table, table.Note("alice", 70));
        Assert.Equal(100, table.Note("alice", 0).Index.Bytes);
    }

    [Fact]
    public void Forget_LeavesNothing_AndIsSafeToRepeat()
    {
        var table = Empty.Note("alice", 70).Note("bob", 5).Forget("alice");
        Assert.Equal((1, 5), (table.Index.Agents, table.Index.Bytes));
        Assert.Same(table, table.Forget("alice"));
        Assert.Equal(AgentIndex.Empty, table.Forget("bob").Index);
        Assert.All(table.Forget("bob").Shards.Values, shard => Assert.Empty(shard.Entries));
    }

    [Fact]
    public void FullShard_TakesNoOther_AndChangesThoseItHas()
    {
        var shard = new AgentShard([.. Enumerable.Range(0, AgentListLimits.EntriesPerShard).Select(n => new AgentEntry(n == 0 ? "alice" : $"x{n}", 1))]);
        var table = new AgentTable(AgentIndex.Empty with { Agents = AgentListLimits.EntriesPerShard }, Empty.Shards.SetItem(AgentTable.ShardOf("alice"), shard));
        Assert.True(table.HasRoomFor("alice"));
        Assert.NotSame(table, table.Note("alice", 2));
        var other = Enumerable.Range(0, 100_000).Select(n => $"user{n}").First(user => AgentTable.ShardOf(user) == AgentTable.ShardOf("alice"));
        Assert.False(table.HasRoomFor(other));
        Assert.Same(table, table.Note(other, 1));
        var almost = table.Forget("alice");
        Assert.NotSame(almost, almost.Note(other, 1));
    }

    /// <summary>Whoever reads the list finds each agent once, and reads no shard in which nobody is.</summary>
    [Fact]
    public void Shards_OfTheIndex_AreThoseWithEntries()
    {
        string[] users = [.. Enumerable.Range(0, 50).Select(n => $"user{n}")];
        var table = users.Aggregate(Empty, (list, user) => list.Note(user, 1));
        foreach (var user in users.Take(20))
            table = table.Forget(user);
        var found = new List<int>();
        for (var n = table.Index.NextShard(0); n is { } shard; n = table.Index.NextShard(shard + 1))
            found.Add(shard);
        Assert.Equal(users.Skip(20).Select(AgentTable.ShardOf).Distinct().Order(), found);
        Assert.Equal(users.Skip(20).Order(StringComparer.Ordinal), found.SelectMany(n => new ShardCursor(n, "").Behind(table.Shards[n].Entries, entry => entry.User)).Select(entry => entry.User).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Layout_IsTheApprovedOne()
    {
        // The first two bytes of SHA-256, as `printf alice | sha256sum` has them, modulo 1,024.
        Assert.Equal((0x2bd8 % 1024, "agents", "agents:7"), (AgentTable.ShardOf("alice"), TenantStateKeys.Agents, TenantStateKeys.AgentShard(7)));
    }

    [Theory]
    [InlineData("0:", true)]
    [InlineData("1023:alice", true)]
    [InlineData("1024:alice", false)]
    [InlineData("-1:alice", false)]
    [InlineData(":alice", false)]
    [InlineData("alice", false)]
    [InlineData("", false)]
    public void Cursor_IsAPlaceInTheList(string text, bool isOne)
    {
        Assert.Equal(isOne, ShardCursor.TryParse(text, AgentListLimits.Shards, out var cursor));
        Assert.Equal(isOne ? text : null, cursor?.ToString());
    }
}
