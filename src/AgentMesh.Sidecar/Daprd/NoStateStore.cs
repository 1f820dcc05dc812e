using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>For an app without state components: nobody can name a key in it, and whoever tries is told.</summary>
internal sealed class NoStateStore : IStateStore
{
    public string Description => "none";

    public ValueTask<StateEntry?> GetAsync(string key, CancellationToken cancellationToken) => throw Missing();

    public Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken) => throw Missing();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static StateStoreException Missing() => new("the app has no state component");
}
