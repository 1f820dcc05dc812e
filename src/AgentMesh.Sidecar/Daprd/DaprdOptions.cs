using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>What a command line of <c>daprd</c> asks for. Defaults are daprd's (dapr:cmd/daprd/options/options.go).</summary>
internal sealed record DaprdOptions
{
    /// <summary>The app, as a run file would say it; paths as they were given.</summary>
    public required RunFileApp App { get; init; }

    /// <summary>0: any free one.</summary>
    public int HttpPort { get; init; } = 3500;

    /// <summary>0: any free one.</summary>
    public int GrpcPort { get; init; } = 50001;

    /// <summary>For the other sidecars; 0: any free one.</summary>
    public int InternalPort { get; init; }

    /// <summary>0: any free one; null: no metrics.</summary>
    public int? MetricsPort { get; init; } = 9090;

    /// <summary>For actors to be deactivated and deliveries to end.</summary>
    public TimeSpan GracefulShutdown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After the wish to stop: served on as long, or until the app is unhealthy.</summary>
    public TimeSpan BlockShutdown { get; init; }

    /// <summary><c>config</c> and <c>subscribe</c>: the app is not asked for these.</summary>
    public IReadOnlyList<string> DisabledInitEndpoints { get; init; } = [];

    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
