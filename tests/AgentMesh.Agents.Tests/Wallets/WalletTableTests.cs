using System.Collections.Immutable;
using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Wallets;

namespace AgentMesh.Agents.Tests.Wallets;

/// <summary>A tenant's list of wallets: who is under which master key, and how many are left.</summary>
public sealed class WalletTableTests
{
    private static readonly WalletTable Empty = new(
        WalletIndex.Empty, Enumerable.Range(0, WalletListLimits.Shards).ToImmutableDictionary(n => n, _ => WalletShard.Empty));

    [Fact]
    public void Note_CountsEachUserOnce_UnderTheLastKey()
    {
        var table = Empty.Note("alice", "old").Note("bob", "old").Note("alice", "old").Note("alice", "new");
        Assert.Equal((1, 1, 2), (table.Index.CountBeside("new"), table.Index.CountBeside("old"), table.Index.CountBeside("other")));
        Assert.Same(table, table.Note("alice", "new"));
        Assert.Equal(0, table.Note("bob", "new").Index.CountBeside("new"));
        Assert.Equal([new WalletKeyCount("new", 2)], table.Note("bob", "new").Index.Counts);
    }

    [Fact]
    public void Forget_LeavesNothing_AndIsSafeToRepeat()
    {
        var table = Empty.Note("alice", "old").Forget("alice");
        Assert.Empty(table.Index.Counts);
        Assert.All(table.Shards.Values, shard => Assert.Empty(shard.Entries));
        Assert.Same(table, table.Forget("alice"));
    }

    [Fact]
    public void FullShard_TakesNoOther_AndChangesThoseItHas()
    {
        var shard = new WalletShard([.. Enumerable.Range(0, WalletListLimits.EntriesPerShard).Select(n => new WalletEntry(n == 0 ? "alice" : $"x{n}", "old"))]);
        var table = new WalletTable(new WalletIndex([new WalletKeyCount("old", WalletListLimits.EntriesPerShard)]), Empty.Shards.SetItem(WalletTable.ShardOf("alice"), shard));
        Assert.True(table.HasRoomFor("alice"));
        Assert.Equal(1, table.Note("alice", "new").Index.CountBeside("old"));
        var other = Enumerable.Range(0, 10_000).Select(n => $"user{n}").First(user => WalletTable.ShardOf(user) == WalletTable.ShardOf("alice"));
        Assert.False(table.HasRoomFor(other));
        Assert.Same(table, table.Note(other, "old"));
        var almost = table.Forget("alice");
        Assert.NotSame(almost, almost.Note(other, "old"));
    }

    [Fact]
    public void Layout_IsTheApprovedOne()
    {
        Assert.Equal((43, "wallets", "wallets:7"), (WalletTable.ShardOf("alice"), TenantStateKeys.Wallets, TenantStateKeys.WalletShard(7)));
    }

    [Theory]
    [InlineData("0:", true)]
    [InlineData("255:alice", true)]
    [InlineData("256:alice", false)]
    [InlineData("-1:alice", false)]
    [InlineData(":alice", false)]
    [InlineData("alice", false)]
    [InlineData("", false)]
    public void Cursor_IsAPlaceInTheList(string text, bool isOne)
    {
        Assert.Equal(isOne, ShardCursor.TryParse(text, WalletListLimits.Shards, out var cursor));
        Assert.Equal(isOne ? text : null, cursor?.ToString());
    }

    [Fact]
    public void Errand_IsThereUntilAllIsKnown()
    {
        var wallet = new WalletRecord(WalletProviders.Local, "0x1", "key", "sealed", default, Gift: WalletGifts.Pending);
        Assert.True(wallet.HasErrand);
        Assert.True(wallet.Note("0x1", WalletGifts.Done, null).HasErrand);
        Assert.True(wallet.Note("0x1", null, "key").HasErrand);
        var done = wallet.Note("0x1", WalletGifts.Done, "key");
        Assert.False(done.HasErrand);
        // What is known stays.
        Assert.Equal(done, done.Note("0x2", WalletGifts.Refused, null));
        Assert.True((done with { KeyId = "newer" }).HasErrand);
    }

    /// <summary>A provider says an address once, and the list is told anew when the master key is another.</summary>
    [Fact]
    public void Errand_BringsTheAddress_AndTheKeyThatTheListKnows()
    {
        var wallet = new WalletRecord(WalletProviders.Crossmint, null, null, null, default, "request", ListedKeyId: "old");
        Assert.Equal(wallet with { Address = "0x1" }, wallet.Note("0x1", WalletGifts.Done, null));
        Assert.Equal(wallet with { ListedKeyId = "new" }, wallet.Note(null, null, "new"));
        Assert.True((wallet with { ListedKeyId = null }).HasErrand);
    }

    [Fact]
    public void Shard_IsInTheOrderOfNames()
    {
        var shard = WalletShard.Empty;
        foreach (var user in new[] { "b", "c", "a", "B" })
            shard = shard.With(new WalletEntry(user, "old"));
        shard = shard.With(new WalletEntry("c", "new"));
        Assert.Equal(["B", "a", "b", "c"], shard.Entries.Select(entry => entry.User));
        Assert.Equal("new", shard.Find("c")?.KeyId);
    }
}
