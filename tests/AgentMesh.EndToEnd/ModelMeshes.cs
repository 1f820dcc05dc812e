using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>Meshes with a model server each, whose processes a test may kill: the next one waits until all are there again.</summary>
/// <param name="model">What the model does, as its server's README has it.</param>
/// <param name="processes">How many there are, without the sidecar.</param>
/// <param name="options">Of the launcher, beside those of the model.</param>
public abstract class ModelMeshes(string model, int processes, params string[] options) : SharedMeshes
{
    private readonly List<ModelServerProcess> _servers = [];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected override async Task<Mesh> StartAsync(TestStore store)
    {
        var server = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        _servers.Add(server);
        return await Mesh.StartAsync(store.Data, store.Redis, "ready.json", [.. MeshOptions.Model(server, model), .. options]);
    }

    private protected override Task CheckAsync(Mesh mesh) => WaitUntilWholeAsync(mesh, processes);
}
