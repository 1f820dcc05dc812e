namespace AgentMesh.Sidecar.Launcher;

/// <summary>Where a supervised process is in its life.</summary>
internal enum ProcessPhase
{
    /// <summary>Started, and not healthy yet.</summary>
    Starting,

    /// <summary>It was healthy when it was connected.</summary>
    Healthy,

    /// <summary>Dead; a successor will be started.</summary>
    Waiting,

    /// <summary>Dead, and no successor will come.</summary>
    Down,
}

/// <summary>A supervised process as it is now.</summary>
/// <param name="Phase">Where it is in its life.</param>
/// <param name="ProcessId">Null: there is none, or it cannot be seen.</param>
/// <param name="StartedAt">When it was started; null: never, or by somebody else.</param>
/// <param name="Restarts">Successors so far.</param>
internal sealed record ProcessStatus(ProcessPhase Phase, int? ProcessId, DateTimeOffset? StartedAt, int Restarts);
