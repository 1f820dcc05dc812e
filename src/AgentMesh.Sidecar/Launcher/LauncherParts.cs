using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>What a run is put together from.</summary>
internal sealed record LauncherParts : ProgramParts
{
    /// <summary>Where the executable is.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>The user's folder.</summary>
    public required string Home { get; init; }

    /// <summary>The runs of this user.</summary>
    public required RunRegistry Registry { get; init; }

    /// <summary>Starts the sidecar.</summary>
    public required Func<SidecarOptions, IStateStore, ILoggerFactory, CancellationToken, Task<IAppConnections>> StartRuntimeAsync { get; init; }
}
