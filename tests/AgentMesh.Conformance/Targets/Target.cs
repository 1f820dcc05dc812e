namespace AgentMesh.Conformance.Targets;

/// <summary>What keeps the contract in a run of a behavior.</summary>
public enum Target
{
    /// <summary>The local sidecar on its embedded store.</summary>
    Sqlite,

    /// <summary>The local sidecar on a Redis.</summary>
    Redis,

    /// <summary>Real daprd with placement, scheduler and Redis.</summary>
    Daprd,
}
