namespace AgentMesh.Conformance.Targets;

/// <summary>The sidecars of one mesh, in processes of their own. Everything else about them is asked through their Dapr ports.</summary>
internal interface ISidecars : IAsyncDisposable
{
    /// <summary>Starts them; returns when the processes run, which may be before they answer.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Where a process of the app has to listen. It is the plan's port but for replicas of one local sidecar, which chooses theirs.</summary>
    Task<int> FindAppPortAsync(PlannedApp app, CancellationToken cancellationToken);

    /// <summary>Completes when the sidecar of a replica is ready.</summary>
    Task WaitForReplicaAsync(PlannedApp app, CancellationToken cancellationToken);

    /// <summary>Asks the sidecar of one app to end (SIGTERM). Where one process serves all apps, all end.</summary>
    void Terminate(string appId);

    /// <summary>Completes when the sidecar of the app has ended.</summary>
    Task WaitForExitAsync(string appId, CancellationToken cancellationToken);

    /// <summary>What they printed, for failures.</summary>
    string Output { get; }
}
