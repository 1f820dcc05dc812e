namespace AgentMesh.Conformance.Targets;

/// <summary>A Redis of one mesh's own: nothing of another mesh is in its keys and streams.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private RedisProcess(ServerProcess process, string address) => (_process, Address) = (process, address);

    /// <summary><c>HOST:PORT</c>.</summary>
    public string Address { get; }

    public static RedisProcess Start(string folder)
    {
        var port = Free.Port();
        Free.Release(port);
        string[] settings = ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
        return new RedisProcess(ServerProcess.Start(Availability.Find("redis-server")!, settings, folder), $"127.0.0.1:{port}");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
