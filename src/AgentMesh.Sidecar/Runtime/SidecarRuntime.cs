using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>
/// The sidecar itself: serves every app its Dapr ports, routes actor calls and service invocation between them, keeps their state.
/// One process for all apps of the machine, so the actor table and the turn locks are in memory and global.
/// </summary>
internal sealed class SidecarRuntime : IAsyncDisposable
{
    /// <summary>Opens all ports. Apps can use their sidecar from here on; calls to an app wait until it is connected.</summary>
    public static Task<SidecarRuntime> StartAsync(SidecarOptions options, IStateStore store, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>
    /// Called when the app's process was started: waits until its port accepts, its health check succeeds, reads <c>/dapr/config</c>
    /// and then routes calls to it. Completes when the app is healthy and its actor types are registered.
    /// </summary>
    public Task ConnectAppAsync(AppDefinition app, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Called when the app's process is gone: its actors are forgotten, calls to it wait for a successor.</summary>
    public void DisconnectApp(AppDefinition app) => throw new NotImplementedException();

    /// <summary>Deactivates every actor (waits for running turns) as far as it gets before the token ends. Called before the apps are stopped.</summary>
    public Task DrainActorsAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>What the runtime serves.</summary>
internal sealed record SidecarOptions
{
    /// <summary>All processes of all apps.</summary>
    public required IReadOnlyList<AppDefinition> Apps { get; init; }

    /// <summary>Demanded of callers in <c>dapr-api-token</c>; null: none.</summary>
    public string? DaprApiToken { get; init; }

    /// <summary>Sent to apps in <c>dapr-api-token</c>; null: none.</summary>
    public string? AppApiToken { get; init; }
}
