using System.Net;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>What a command line of <c>daprd</c> asks for. Defaults are daprd's (dapr:cmd/daprd/options/options.go).</summary>
internal sealed record DaprdOptions
{
    /// <summary>Required.</summary>
    public required string AppId { get; init; }

    /// <summary>Null: there is no app to call, only one that calls.</summary>
    public int? AppPort { get; init; }

    /// <summary><c>http</c>, <c>h2c</c> or <c>grpc</c>.</summary>
    public string AppProtocol { get; init; } = "http";

    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary>Calls to the app at a time; null: no limit.</summary>
    public int? AppMaxConcurrency { get; init; }

    /// <summary>Empty: loopback.</summary>
    public IReadOnlyList<IPAddress> ListenAddresses { get; init; } = [];

    /// <summary>A line for each call of the API.</summary>
    public bool LogApiCalls { get; init; }

    /// <summary>Null: the app is healthy while its port accepts.</summary>
    public AppHealthOptions? Health { get; init; }

    /// <summary>0: any free one.</summary>
    public int HttpPort { get; init; } = 3500;

    /// <summary>0: any free one.</summary>
    public int GrpcPort { get; init; } = 50001;

    /// <summary>For the other sidecars; 0: any free one.</summary>
    public int InternalPort { get; init; }

    /// <summary>0: any free one; null: no metrics.</summary>
    public int? MetricsPort { get; init; } = 9090;

    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    public IReadOnlyList<string> ConfigPaths { get; init; } = [];

    public long MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    public int ReadBufferBytes { get; init; } = 4 * 1024;

    /// <summary>For actors to be deactivated and deliveries to end.</summary>
    public TimeSpan GracefulShutdown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After the wish to stop: served on as long, or until the app is unhealthy.</summary>
    public TimeSpan BlockShutdown { get; init; }

    /// <summary><c>config</c> and <c>subscribe</c>: the app is not asked for these.</summary>
    public IReadOnlyList<string> DisabledInitEndpoints { get; init; } = [];

    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
