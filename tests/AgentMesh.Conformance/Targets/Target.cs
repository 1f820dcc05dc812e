namespace AgentMesh.Conformance.Targets;

/// <summary>What keeps the contract in a run of a behavior.</summary>
public enum Target
{
    /// <summary>The local sidecar on its embedded store.</summary>
    Sqlite,

    /// <summary>The local sidecar on a Redis.</summary>
    Redis,

    /// <summary>The local sidecar as `daprd`, one process for each app, on a Redis.</summary>
    LocalDaprd,

    /// <summary>Real daprd with placement, scheduler and Redis.</summary>
    Daprd,
}
