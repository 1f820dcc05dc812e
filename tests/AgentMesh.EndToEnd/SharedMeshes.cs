namespace AgentMesh.EndToEnd;

/// <summary>
/// One mesh on each store for the tests of a collection, which run one after the other and have users of their own: a start costs more than most of what they
/// ask. Made when a test needs it, and ended with the collection, so that nothing of it runs beside tests that run alone.
/// </summary>
public abstract class SharedMeshes : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<StoreKind, Task<Mesh>> _meshes = [];
    private readonly List<TestStore> _stores = [];

    internal async Task<Mesh> OnAsync(StoreKind kind)
    {
        // The start, not what came of it: what kept the mesh from starting is what all its tests are told, and nobody waits for it again.
        if (!_meshes.TryGetValue(kind, out var start))
            _meshes[kind] = start = StartOnAsync(kind);
        var mesh = await start;
        if (!Mesh.IsRunning(mesh.SidecarPid))
            throw new InvalidOperationException($"The sidecar ({mesh.SidecarPid}) that tests of {GetType().Name} share has ended in a test before this one.\n{mesh.Output}");
        await CheckAsync(mesh);
        return mesh;
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var start in _meshes.Values.Where(start => start.IsCompletedSuccessfully))
            await (await start).DisposeAsync();
        foreach (var store in _stores)
            await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task<Mesh> StartAsync(TestStore store);

    /// <summary>Throws, and says why, when a test before this one has left nothing to go on with. The sidecar is there.</summary>
    private protected abstract Task CheckAsync(Mesh mesh);

    /// <summary>Waits until all processes are there that a test before this one may have killed.</summary>
    private protected static Task WaitUntilWholeAsync(Mesh mesh, int processes) =>
        mesh.WaitForReadyAsync(ready => ready.Apps.Count == processes && ready.Apps.All(app => Mesh.IsRunning(app.Pid)), Patience);

    private async Task<Mesh> StartOnAsync(StoreKind kind)
    {
        var store = await TestStore.CreateAsync(kind);
        _stores.Add(store);
        return await StartAsync(store);
    }
}
