namespace AgentMesh.EndToEnd;

/// <summary>
/// For tests that kill processes of a mesh without options, and count nothing of all agents. Each waits until all are there again; whoever does not is found out
/// by the next one.
/// </summary>
[CollectionDefinition(nameof(KilledMeshes))]
public sealed class KilledMeshes : SharedMeshes, ICollectionFixture<KilledMeshes>
{
    /// <summary>The gateway, the agents, payments and the facilitator.</summary>
    private const int Processes = 4;

    private protected override Task<Mesh> StartAsync(TestStore store) => Mesh.StartAsync(store.Data, store.Redis);

    private protected override Task CheckAsync(Mesh mesh) => WaitUntilWholeAsync(mesh, Processes);
}
