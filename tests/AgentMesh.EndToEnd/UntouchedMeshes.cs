namespace AgentMesh.EndToEnd;

/// <summary>
/// For tests that kill, pause and restart nothing, need no options and count nothing of all agents. Who buys, or goes from one gateway to another, has two of
/// each of their processes here.
/// </summary>
[CollectionDefinition(nameof(UntouchedMeshes))]
public sealed class UntouchedMeshes : SharedMeshes, ICollectionFixture<UntouchedMeshes>
{
    private protected override Task<Mesh> StartAsync(TestStore store) => Mesh.StartAsync(store.Data, store.Redis, options: ["--replicas", "gateway=2,payments=2"]);

    private protected override Task CheckAsync(Mesh mesh)
    {
        // As it was started: the sidecar has started others for those that are gone.
        var gone = mesh.Ready.Apps.Where(app => !Mesh.IsRunning(app.Pid)).Select(app => $"{app.Id} ({app.Pid})").ToList();
        return gone.Count == 0 ? Task.CompletedTask : throw new InvalidOperationException(
            $"Of the mesh that tests of {nameof(UntouchedMeshes)} share have ended in a test before this one: {string.Join(", ", gone)}.\n{mesh.Output}");
    }
}
