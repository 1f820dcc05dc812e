namespace AgentMesh.EndToEnd;

/// <summary>
/// One mesh on each store for tests of one class that kill nothing and have users of their own: a start takes longer than most of what they ask. Made when a
/// test needs it; tests of a class run one after the other.
/// </summary>
public sealed class SharedMeshes : IAsyncDisposable
{
    private readonly Dictionary<StoreKind, (TestStore Store, Mesh Mesh)> _meshes = [];

    internal async Task<Mesh> OnAsync(StoreKind kind)
    {
        if (_meshes.TryGetValue(kind, out var known))
            return known.Mesh;
        var store = await TestStore.CreateAsync(kind);
        try
        {
            var mesh = await Mesh.StartAsync(store.Data, store.Redis);
            _meshes[kind] = (store, mesh);
            return mesh;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (store, mesh) in _meshes.Values)
        {
            await mesh.DisposeAsync();
            await store.DisposeAsync();
        }
    }
}
