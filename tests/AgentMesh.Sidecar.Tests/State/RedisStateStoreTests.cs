using System.Text;
using AgentMesh.Sidecar.State;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.Tests.State;

public sealed class RedisStateStoreTests : StateStoreBehavior, IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly RedisServer _server;
    private ConnectionMultiplexer? _connection;

    public RedisStateStoreTests(RedisServer server)
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "redis-server is not on PATH.");
        _server = server;
    }

    private IDatabase Redis => _connection!.GetDatabase();

    public async ValueTask InitializeAsync() => _connection = await _server.ConnectAsync();

    public async ValueTask DisposeAsync() => await _connection!.DisposeAsync();

    [Fact]
    public async Task Description_NamesHostAndPort()
    {
        await using var store = await OpenAsync();
        Assert.Equal($"redis:127.0.0.1:{_server.Port}", store.Description);
    }

    [Fact]
    public async Task Write_LeavesDaprsLayout()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync([Set("k", "{\"a\":1}")], Cancelled);
        await store.TransactAsync([Set("k", "{\"a\":2}")], Cancelled);
        var entries = await Redis.HashGetAllAsync(Key("k"));
        Assert.Equal(["data={\"a\":2}", "version=2"], entries.Select(entry => $"{entry.Name}={entry.Value}").Order());
    }

    [Fact]
    public async Task Write_OverAKeyOfAnotherType_ReplacesIt()
    {
        await using var store = await OpenAsync();
        await Redis.ListRightPushAsync(Key("list"), "x");
        await Redis.StringSetAsync(Key("text"), "x");
        await store.TransactAsync([Set("list", "1"), Set("text", "1"), Set("text", "2")], Cancelled);
        Assert.Equal(1, await VersionOfAsync(Key("list")));
        Assert.Equal(2, await VersionOfAsync(Key("text")));
        Assert.Equal("2", await TextAsync(store, "text"));
    }

    [Fact]
    public async Task Write_OfAFirstWriteKeyWithoutEtag_IsRefusedAsInDapr_UnlessItIsDeletedBefore()
    {
        await using var store = await OpenAsync();
        await Redis.HashSetAsync(Key("k"), [new("data", "1"), new("version", 3), new("first-write", 0)]);
        var exception = await Assert.ThrowsAsync<StateConflictException>(() => store.TransactAsync([Set("other", "1"), Set("k", "2")], Cancelled));
        Assert.Contains("failed to set key", exception.Message, StringComparison.Ordinal);
        Assert.Null(await TextAsync(store, "other"));

        await store.TransactAsync([Remove("k"), Set("k", "2")], Cancelled);
        Assert.Equal(1, await VersionOfAsync(Key("k")));
    }

    [Fact]
    public async Task Write_KeepsAnExpiryAsDaprDoes()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync([Set("k", "1")], Cancelled);
        await Redis.KeyExpireAsync(Key("k"), TimeSpan.FromHours(1));
        await store.TransactAsync([Set("k", "2")], Cancelled);
        Assert.NotNull(await Redis.KeyTimeToLiveAsync(Key("k")));
        await store.TransactAsync([Remove("k"), Set("k", "3")], Cancelled);
        Assert.Null(await Redis.KeyTimeToLiveAsync(Key("k")));
    }

    [Fact]
    public async Task Get_PlainString_IsReadAsItIs()
    {
        await using var store = await OpenAsync();
        await Redis.StringSetAsync(Key("k"), "old");
        Assert.Equal("old", await TextAsync(store, "k"));
    }

    [Theory]
    [InlineData("data")]
    [InlineData("version")]
    public async Task Get_HashWithOneOfTheTwoFields_IsNotFound(string field)
    {
        await using var store = await OpenAsync();
        await Redis.HashSetAsync(Key("k"), field, "1");
        Assert.Null(await TextAsync(store, "k"));
    }

    [Fact]
    public async Task Get_KeyOfAThirdType_IsAnError()
    {
        await using var store = await OpenAsync();
        await Redis.SetAddAsync(Key("k"), "x");
        await Assert.ThrowsAsync<StateStoreException>(() => TextAsync(store, "k"));
    }

    // Redis has no clock of ours: what is left of the key's time is made shorter.
    private protected override async Task LetPassAsync(TimeSpan time, string key)
    {
        if (await Redis.KeyTimeToLiveAsync(key) is { } left)
            await Redis.KeyExpireAsync(key, left - time > TimeSpan.Zero ? left - time : TimeSpan.Zero);
    }

    private protected override async Task<IStateStore> OpenAsync() =>
        await RedisStateStore.ConnectAsync(RedisStoreOptions.Parse($"127.0.0.1:{_server.Port}"), new LogList<RedisStateStore>(), Cancelled);

    private protected override async Task<StateOperation> RefusedOperationAsync(string key)
    {
        await Redis.HashSetAsync(key, [new("data", "1"), new("version", "not a number")]);
        return new StateOperation(key, Encoding.UTF8.GetBytes("2"));
    }

    private protected override async Task<long?> VersionOfAsync(string key) => (long?)await Redis.HashGetAsync(key, "version");
}
