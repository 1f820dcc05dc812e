using System.Text;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Tests.State;

/// <summary>What every store does with the rules of the state API: ETags, first-write, time to live.</summary>
public abstract partial class StateStoreBehavior
{
    /// <summary>Lets the key's time pass.</summary>
    private protected abstract Task LetPassAsync(TimeSpan time, string key);

    [Theory]
    // versions before, first-write before, wanted version, deletion, allowed
    [InlineData(0, false, 0, false, true)]
    [InlineData(0, false, 7, false, true)]
    [InlineData(2, false, 0, false, true)]
    [InlineData(2, false, 2, false, true)]
    [InlineData(2, false, 1, false, false)]
    [InlineData(2, false, 3, false, false)]
    [InlineData(2, false, -1, false, false)]
    [InlineData(2, true, 0, false, false)]
    [InlineData(2, true, 2, false, true)]
    [InlineData(0, false, 7, true, true)]
    [InlineData(2, false, 0, true, true)]
    [InlineData(2, false, 2, true, true)]
    [InlineData(2, false, 1, true, false)]
    [InlineData(2, true, 0, true, true)]
    public async Task Rules_DecideAsDaprsScriptsDo(int versions, bool firstWrite, long wanted, bool deletion, bool allowed)
    {
        await using var store = await OpenAsync();
        for (var i = 1; i <= versions; i++)
            await store.TransactAsync([Set("k", $"{i}") with { Rules = new StateRules(i - 1, firstWrite) }], Cancelled);
        var operation = (deletion ? Remove("k") : Set("k", "new")) with { Rules = new StateRules(wanted) };
        if (allowed)
        {
            await store.TransactAsync([operation], Cancelled);
            Assert.Equal(deletion ? null : versions + 1, await VersionOfAsync(Key("k")));
        }
        else
        {
            var conflict = await Assert.ThrowsAsync<StateConflictException>(() => store.TransactAsync([Set("other", "1") with { Rules = new StateRules() }, operation], Cancelled));
            Assert.Equal(Key("k"), conflict.Key);
            Assert.Equal(versions, await VersionOfAsync(Key("k")));
            Assert.Null(await TextAsync(store, "other"));
        }
    }

    [Fact]
    public async Task Rules_InOneTransaction_SeeWhatCameBefore()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync(
        [
            Set("k", "1") with { Rules = new StateRules() },
            Set("k", "2") with { Rules = new StateRules(1, FirstWrite: true) },
            Remove("k") with { Rules = new StateRules(2) },
            Set("k", "3") with { Rules = new StateRules() },
        ], Cancelled);
        Assert.Equal(1, await VersionOfAsync(Key("k")));
        await Assert.ThrowsAsync<StateConflictException>(() => store.TransactAsync(
            [Set("k", "4") with { Rules = new StateRules(1) }, Set("k", "5") with { Rules = new StateRules(1) }], Cancelled));
        Assert.Equal("3", await TextAsync(store, "k"));
    }

    [Fact]
    public async Task Rules_BrokenAmongOthers_FailAlone()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync([Set("k", "1")], Cancelled);
        var writes = Enumerable.Range(0, 50).Select(i => store.TransactAsync([Set(i == 25 ? "k" : $"k{i}", "2") with { Rules = new StateRules(i == 25 ? 9 : 0) }], Cancelled)).ToList();
        await Assert.ThrowsAsync<StateConflictException>(() => writes[25]);
        await Task.WhenAll(writes.Where((_, i) => i != 25));
        Assert.Equal("1", await TextAsync(store, "k"));
    }

    [Fact]
    public async Task FirstWriters64_OneWins()
    {
        await using var store = await OpenAsync();
        var wins = 0;
        await Parallel.ForAsync(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancelled }, async (writer, cancellationToken) =>
        {
            try
            {
                await store.TransactAsync([Set("k", $"{writer}") with { Rules = new StateRules(FirstWrite: true) }], cancellationToken);
                Interlocked.Increment(ref wins);
            }
            catch (StateConflictException)
            {
            }
        });
        Assert.Equal(1, wins);
    }

    [Theory]
    // time to live of the first and of the second write, null: not given; gone after 2 s
    [InlineData(1, "none", true)]
    [InlineData(1, "1", true)]
    [InlineData(1, "100", false)]
    [InlineData(1, "0", false)]
    [InlineData(1, "-1", false)]
    [InlineData(100, "1", true)]
    [InlineData(0, "none", false)]
    public async Task TimeToLive_EndsAKey_AndAWriteWithoutOneKeepsIt(int first, string second, bool gone)
    {
        await using var store = await OpenAsync();
        await store.TransactAsync([Set("k", "1") with { Rules = new StateRules(TtlSeconds: first) }], Cancelled);
        await store.TransactAsync([Set("k", "2") with { Rules = new StateRules(TtlSeconds: second == "none" ? null : int.Parse(second, System.Globalization.CultureInfo.InvariantCulture)) }], Cancelled);
        Assert.Equal("2", await TextAsync(store, "k"));

        await LetPassAsync(TimeSpan.FromSeconds(2), Key("k"));

        Assert.Equal(gone ? null : "2", await TextAsync(store, "k"));
        await store.TransactAsync([Set("k", "3") with { Rules = new StateRules(IfVersion: gone ? 99 : 2) }], Cancelled);
        Assert.Equal(gone ? 1 : 3, (await store.GetAsync(Key("k"), Cancelled))!.Value.Version);
    }

    [Fact]
    public async Task Entry_IsValueAndVersion()
    {
        await using var store = await OpenAsync();
        Assert.Null(await store.GetAsync(Key("k"), Cancelled));
        await store.TransactAsync([Set("k", "1"), Set("k", "2")], Cancelled);
        var entry = (await store.GetAsync(Key("k"), Cancelled))!.Value;
        Assert.Equal(("2", 2), (Encoding.UTF8.GetString(entry.Value), entry.Version));
    }
}
