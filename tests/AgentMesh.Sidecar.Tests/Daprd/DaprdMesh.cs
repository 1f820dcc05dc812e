using AgentMesh.Sidecar.Tests.Runtime;
using AgentMesh.Testing;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.Tests.Daprd;

/// <summary>A Redis, component files that name it, and the sidecars started on them. Skips the test when there is no Redis.</summary>
internal sealed class DaprdMesh : IAsyncDisposable
{
    private readonly TestTree _tree = new();
    private readonly RedisServer _server;
    private readonly List<IAsyncDisposable> _started = [];

    private DaprdMesh(RedisServer server, ConnectionMultiplexer connection)
    {
        (_server, Connection) = (server, connection);
        _tree.Write("resources/statestore.yaml", $"""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {"{"}name: statestore{"}"}
            spec:
              type: state.redis
              version: v1
              metadata:
                - {"{"}name: redisHost, value: "{server.Endpoint}"{"}"}
                - {"{"}name: actorStateStore, value: "true"{"}"}
            scopes: [host]
            """);
        _tree.Write("resources/pubsub.yaml", $"""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {"{"}name: pubsub{"}"}
            spec:
              type: pubsub.redis
              version: v1
              metadata:
                - {"{"}name: redisHost, value: "{server.Endpoint}"{"}"}
                - {"{"}name: processingTimeout, value: "3s"{"}"}
                - {"{"}name: redeliverInterval, value: "500ms"{"}"}
            """);
    }

    public ConnectionMultiplexer Connection { get; }

    public IDatabase Redis => Connection.GetDatabase();

    public string Resources => _tree.At("resources");

    public TestTree Tree => _tree;

    public string Endpoint => _server.Endpoint;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<DaprdMesh> StartAsync()
    {
        var server = await RedisServer.TryStartAsync(Token);
        Assert.SkipWhen(server is null, RedisServer.WhyNot);
        return new DaprdMesh(server!, await ConnectionMultiplexer.ConnectAsync(server!.Endpoint));
    }

    /// <summary>A sidecar of the mesh; ended with it.</summary>
    public DaprdProcess Daprd(string appId, int? appPort, IReadOnlyDictionary<string, string>? environment = null, params string[] flags)
    {
        var daprd = DaprdProcess.Start(appId, appPort, Resources, environment, flags);
        _started.Add(daprd);
        return daprd;
    }

    /// <summary>An app in this process; ended with the mesh.</summary>
    public async Task<StubApp> AppAsync(string config = """{"entities":["T"]}""", int? port = null)
    {
        var app = await StubApp.StartAsync(config, port);
        _started.Add(app);
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var started in Enumerable.Reverse(_started))
            await started.DisposeAsync();
        await Connection.DisposeAsync();
        await _server.DisposeAsync();
        _tree.Dispose();
    }
}
