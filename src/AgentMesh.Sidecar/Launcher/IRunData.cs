using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The data folder of a run: locked while it is open, and what an earlier run left running is ended.</summary>
internal interface IRunData : IAsyncDisposable
{
    /// <summary>Opens the store of the folder's kind.</summary>
    /// <param name="redis"><c>HOST:PORT</c>, or null for the embedded store.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LauncherException">The folder remembers the other kind, or Redis does not answer.</exception>
    Task<IStateStore> OpenStoreAsync(string? redis, CancellationToken cancellationToken);

    /// <summary>Writes the process down for a start after a crash of ours. Called from several threads.</summary>
    void ProcessStarted(int processId, string appId);

    /// <summary>Strikes the process off.</summary>
    void ProcessEnded(int processId);
}
