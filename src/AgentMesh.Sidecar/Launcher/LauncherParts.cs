using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>What a run is put together from; tests replace some of it.</summary>
internal sealed record LauncherParts
{
    /// <summary>For the user: progress and the apps' output. Safe for concurrent use.</summary>
    public required TextWriter Console { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Our own environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>What relative paths of the command line start from.</summary>
    public required string CurrentFolder { get; init; }

    /// <summary>Where the executable is.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>The user's folder.</summary>
    public required string Home { get; init; }

    /// <summary>Spreads free ports.</summary>
    public required Random Random { get; init; }

    /// <summary>Secure random bytes, as many as asked.</summary>
    public required Func<int, byte[]> RandomBytes { get; init; }

    /// <summary>The runs of this user.</summary>
    public required RunRegistry Registry { get; init; }

    /// <summary>Starts the sidecar.</summary>
    public required Func<SidecarOptions, IStateStore, ILoggerFactory, CancellationToken, Task<IAppConnections>> StartRuntimeAsync { get; init; }
}
