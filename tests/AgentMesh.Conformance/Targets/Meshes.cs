using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(AgentMesh.Conformance.Targets.Meshes))]
// Behaviors mostly wait (for a reminder, for a retry): more of them at a time than there are cores.
[assembly: CollectionBehavior(MaxParallelThreads = 12)]

namespace AgentMesh.Conformance.Targets;

/// <summary>The meshes that behaviors share, one of a kind for each target, started by the first that asks.</summary>
public sealed class Meshes : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(Target Target, string Kind), Lazy<Task<Mesh>>> _meshes = new();

    /// <summary>The mesh for behaviors that change nothing another behavior sees: each uses actors and topics of its own.</summary>
    public Task<Mesh> SharedAsync(Target target) => OfKindAsync(target, "shared", new MeshOptions { WithSdk = true });

    /// <summary>With what is off by default: the TTL of actor state, and the rounding of daprd where the sidecar rounds only when asked.</summary>
    public Task<Mesh> FlaggedAsync(Target target) =>
        OfKindAsync(target, "flagged", new MeshOptions { Apps = [AppDefinition.Host], DaprdFidelity = true, ActorStateTtl = true });

    /// <summary>With health checks. Its behaviors make the app unhealthy, so they are in one class, one after the other.</summary>
    public Task<Mesh> ProbedAsync(Target target) => OfKindAsync(target, "probed", new MeshOptions { Health = true });

    public async ValueTask DisposeAsync()
    {
        foreach (var mesh in _meshes.Values)
        {
            if (mesh.Value.IsCompletedSuccessfully)
                await (await mesh.Value).DisposeAsync();
        }
    }

    private Task<Mesh> OfKindAsync(Target target, string kind, MeshOptions options) =>
        _meshes.GetOrAdd((target, kind), key => new Lazy<Task<Mesh>>(() => Mesh.StartAsync(key.Target, options))).Value;
}
