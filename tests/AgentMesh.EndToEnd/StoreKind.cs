using AgentMesh.Testing;

namespace AgentMesh.EndToEnd;

/// <summary>Which store a mesh runs on; every end-to-end rule holds on both.</summary>
public enum StoreKind
{
    Embedded,
    Redis,
}

/// <summary>A mesh's data folder and, when asked for, its Redis.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly RedisServer? _redis;

    private TestStore(RedisServer? redis) => _redis = redis;

    public string Data { get; } = Directory.CreateTempSubdirectory("agentmesh-e2e-").FullName;

    public string? Redis => _redis?.Endpoint;

    public static async Task<TestStore> CreateAsync(StoreKind kind)
    {
        if (kind == StoreKind.Embedded)
            return new TestStore(null);
        var redis = await RedisServer.TryStartAsync(TestContext.Current.CancellationToken);
        if (redis is null)
            Assert.Skip(RedisServer.WhyNot);
        return new TestStore(redis);
    }

    /// <inheritdoc cref="RedisServer.TryRestartAsync"/>
    public Task<bool> TryRestartRedisAsync() => _redis!.TryRestartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
            await _redis.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }
}
