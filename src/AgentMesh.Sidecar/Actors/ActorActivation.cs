using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>An actor's stay in one process. What belongs to it ends with it: the running call, and the writes of its state.</summary>
internal sealed class ActorActivation(AppConnection host) : IDisposable
{
    // Linked once for each stay and not for each call: a process that is lost ends the calls of all its actors.
    private readonly CancellationTokenSource _leaving = CancellationTokenSource.CreateLinkedTokenSource(host.Closed);

    public AppConnection Host { get; } = host;

    /// <summary>State writes of this stay under way.</summary>
    public WorkGate Writes { get; } = new();

    /// <summary>Cancelled when the running call has to end.</summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>Ends the running call; the drain time is over.</summary>
    public Task CutAsync() => _leaving.CancelAsync();

    public void Dispose() => _leaving.Dispose();
}
