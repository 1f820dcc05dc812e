using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.State;

namespace AgentMesh.Sidecar.Tests.StateApi;

/// <summary>The two stores a sidecar may have; what holds on one holds on the other.</summary>
public enum StoreKind
{
    Sqlite,
    Redis,
}

/// <summary>A real store for one test; skips when this machine has no Redis.</summary>
internal sealed class RealStore : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RedisServer? _redis;

    private RealStore(RedisServer? redis) => _redis = redis;

    public IStateStore Store { get; private set; } = null!;

    public static async Task<RealStore> OpenAsync(StoreKind kind)
    {
        Assert.SkipUnless(kind == StoreKind.Sqlite || RedisServer.IsInstalled, "redis-server is not on PATH.");
        var store = new RealStore(kind == StoreKind.Redis ? new RedisServer() : null);
        if (store._redis is null)
        {
            store.Store = SqliteStateStore.Open(store._folder.Path, new LogList<SqliteStateStore>());
            return store;
        }

        await store._redis.InitializeAsync();
        store.Store = await RedisStateStore.ConnectAsync(
            RedisStoreOptions.Parse($"127.0.0.1:{store._redis.Port}"), new LogList<RedisStateStore>(), TestContext.Current.CancellationToken);
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
        _folder.Dispose();
    }
}
