using System.Text;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Tests.State;

/// <summary>What every store does. Keys are of their own for each test, so that tests may share a server.</summary>
public abstract partial class StateStoreBehavior
{
    private readonly string _prefix = $"agents||AgentActor||default:{Guid.NewGuid():N}||";

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected abstract Task<IStateStore> OpenAsync();

    /// <summary>The version the store keeps beside the value, or null when the key is not there.</summary>
    private protected abstract Task<long?> VersionOfAsync(string key);

    /// <summary>An operation that the store refuses while it applies the transaction.</summary>
    private protected abstract Task<StateOperation> RefusedOperationAsync(string key);

    [Fact]
    public async Task Get_KeyNeverWritten_IsNull()
    {
        await using var store = await OpenAsync();
        Assert.Null(await store.GetAsync(Key("none"), Cancelled));
    }

    [Fact]
    public async Task Get_AfterTheWriteCompleted_SeesIt()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            await store.TransactAsync([Set("k", $"{i}")], Cancelled);
            Assert.Equal($"{i}", await TextAsync(store, "k"));
        }
    }

    [Fact]
    public async Task Version_CountsWritesFrom1_AndStartsAgainAfterADeletion()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync([Set("k", "1")], Cancelled);
        Assert.Equal(1, await VersionOfAsync(Key("k")));
        await store.TransactAsync([Set("k", "1")], Cancelled);
        await store.TransactAsync([Set("k", "2"), Set("k", "3")], Cancelled);
        Assert.Equal(4, await VersionOfAsync(Key("k")));

        await store.TransactAsync([Remove("k")], Cancelled);
        Assert.Null(await VersionOfAsync(Key("k")));
        await store.TransactAsync([Set("k", "4")], Cancelled);
        Assert.Equal(1, await VersionOfAsync(Key("k")));
    }

    [Theory]
    [InlineData("a=1 a=2", "2", 2)]
    [InlineData("a=1 a", null, null)]
    [InlineData("a a=1", "1", 1)]
    [InlineData("a=1 a a=2", "2", 1)]
    [InlineData("a=1 b=7 a=2 a a=3 a=4", "4", 2)]
    [InlineData("a a a=5", "5", 1)]
    public async Task Transaction_AppliesOperationsInTheirOrder(string operations, string? value, int? version)
    {
        await using var store = await OpenAsync();
        var parsed = operations.Split(' ').Select(text => text.Split('=')).Select(pair => pair.Length == 1 ? Remove(pair[0]) : Set(pair[0], pair[1])).ToList();
        await store.TransactAsync(parsed, Cancelled);
        Assert.Equal(value, await TextAsync(store, "a"));
        Assert.Equal(version, await VersionOfAsync(Key("a")));
    }

    [Fact]
    public async Task Transaction_Empty_Completes()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync([], Cancelled);
    }

    [Fact]
    public async Task Transaction_CancelledBeforehand_WritesNothing()
    {
        await using var store = await OpenAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.TransactAsync([Set("k", "1")], new CancellationToken(canceled: true)));
        Assert.Null(await TextAsync(store, "k"));
    }

    [Fact]
    public async Task Transaction_RefusedInTheMiddle_AppliesNothing_AndLaterOnesWork()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync([Set("kept", "before"), Set("removed", "before")], Cancelled);
        var refused = await RefusedOperationAsync(Key("refused"));

        await Assert.ThrowsAsync<StateStoreException>(() => store.TransactAsync([Set("kept", "after"), Remove("removed"), refused, Set("new", "after")], Cancelled));

        Assert.Equal("before", await TextAsync(store, "kept"));
        Assert.Equal("before", await TextAsync(store, "removed"));
        Assert.Null(await TextAsync(store, "new"));
        Assert.Equal(1, await VersionOfAsync(Key("kept")));
        await store.TransactAsync([Set("kept", "after")], Cancelled);
        Assert.Equal("after", await TextAsync(store, "kept"));
    }

    [Fact]
    public async Task Transaction_RefusedAmongOthers_FailsAlone()
    {
        await using var store = await OpenAsync();
        var refused = await RefusedOperationAsync(Key("refused"));
        // All are queued before the first commit can end, so several share one with the refused transaction.
        var writes = Enumerable.Range(0, 200)
            .Select(i => i == 100 ? store.TransactAsync([Set("with", "1"), refused], Cancelled) : store.TransactAsync([Set($"k{i}", $"{i}")], Cancelled))
            .ToList();

        await Assert.ThrowsAsync<StateStoreException>(() => writes[100]);
        Assert.Null(await TextAsync(store, "with"));
        for (var i = 0; i < 200; i++)
        {
            if (i == 100)
                continue;
            await writes[i];
            Assert.Equal($"{i}", await TextAsync(store, $"k{i}"));
            Assert.Equal(1, await VersionOfAsync(Key($"k{i}")));
        }
    }

    [Fact]
    public async Task Writers64_OnKeysOfTheirOwn_LoseNothing()
    {
        await using var store = await OpenAsync();
        await Parallel.ForAsync(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancelled }, async (writer, cancellationToken) =>
        {
            for (var i = 1; i <= 20; i++)
            {
                await store.TransactAsync([Set($"k{writer}", $"{i}"), Set($"other{writer}", $"{i}")], cancellationToken);
                Assert.Equal($"{i}", await TextAsync(store, $"k{writer}"));
            }
        });
        for (var writer = 0; writer < 64; writer++)
            Assert.Equal(20, await VersionOfAsync(Key($"other{writer}")));
    }

    [Fact]
    public async Task Writers64_OnOneKey_CountEveryWrite()
    {
        await using var store = await OpenAsync();
        await Parallel.ForAsync(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancelled }, async (writer, cancellationToken) =>
        {
            for (var i = 0; i < 10; i++)
                await store.TransactAsync([Set("one", $"{writer}"), Set("two", $"{writer}")], cancellationToken);
        });
        Assert.Equal(640, await VersionOfAsync(Key("one")));
        Assert.Equal(640, await VersionOfAsync(Key("two")));
        Assert.Equal(await TextAsync(store, "one"), await TextAsync(store, "two"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"text\":\"Zürich 日本 🚀 <a>&\"}")]
    [InlineData("{\"n\":9007199254740993,\"d\":0.1234567891,\"b\":1,\"a\":2}")]
    public async Task Value_ComesBackByteForByte(string json)
    {
        await using var store = await OpenAsync();
        await store.TransactAsync([Set("k", json)], Cancelled);
        Assert.Equal(json, await TextAsync(store, "k"));
    }

    [Theory]
    [InlineData("Zürich 日本 🚀")]
    [InlineData("quote ' \" \\ % {} || ::")]
    [InlineData("nul \0 inside")]
    public async Task Key_MayHoldAnyText(string key)
    {
        await using var store = await OpenAsync();
        await store.TransactAsync([Set(key, "1"), Set(key + "x", "2")], Cancelled);
        Assert.Equal("1", await TextAsync(store, key));
        Assert.Equal("2", await TextAsync(store, key + "x"));
    }

    [Fact]
    public async Task Key_Empty_IsRefused()
    {
        await using var store = await OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => store.TransactAsync([new StateOperation("", [])], Cancelled));
    }

    [Fact]
    public async Task Value_OfOneMebibyte_AndKeyOf2000Characters_AreKept()
    {
        await using var store = await OpenAsync();
        var value = new byte[1024 * 1024];
        new Random(1).NextBytes(value);
        var key = new string('k', 2000);
        await store.TransactAsync([new StateOperation(Key(key), value)], Cancelled);
        Assert.Equal(value, (await store.GetAsync(Key(key), Cancelled))!.Value.Value);
    }

    [Fact]
    public async Task Reopened_HasWhatWasWritten()
    {
        await using (var store = await OpenAsync())
            await store.TransactAsync([Set("k", "1"), Set("gone", "1")], Cancelled);
        await using (var store = await OpenAsync())
            await store.TransactAsync([Set("k", "2"), Remove("gone")], Cancelled);
        await using var last = await OpenAsync();
        Assert.Equal("2", await TextAsync(last, "k"));
        Assert.Null(await TextAsync(last, "gone"));
        Assert.Equal(2, await VersionOfAsync(Key("k")));
    }

    private protected string Key(string key) => _prefix + key;

    private protected StateOperation Set(string key, string value) => new(Key(key), Encoding.UTF8.GetBytes(value));

    private protected StateOperation Remove(string key) => new(Key(key), null);

    private protected async Task<string?> TextAsync(IStateStore store, string key) =>
        await store.GetAsync(Key(key), Cancelled) is { } entry ? Encoding.UTF8.GetString(entry.Value) : null;
}
