using System.Net;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Resources;

/// <summary>
/// A multi-app run file (<c>dapr run -f</c>), version 1, with what is common already merged into each app; or the one app of a
/// command line (<c>dapr run --app-id</c>).
/// </summary>
/// <param name="Path">The file, absolute; null for an app of the command line.</param>
/// <param name="Apps">In the order of the file, which is the order of the start.</param>
internal sealed record RunFile(string? Path, IReadOnlyList<RunFileApp> Apps)
{
    /// <summary>Whether one app was given on the command line.</summary>
    public bool IsCommandLine => Path is null;
}

/// <summary>One app of a run file. All paths are absolute and exist.</summary>
/// <param name="AppId">Dapr's app id; the folder's name when the file gives none.</param>
/// <param name="Directory">Where the command runs.</param>
internal sealed record RunFileApp(string AppId, string Directory)
{
    /// <summary>The command and its arguments; empty: only a sidecar is served, the app is started by someone else.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Where the app listens; null: it serves nothing.</summary>
    public int? AppPort { get; init; }

    /// <summary><c>http</c>, <c>h2c</c> or <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>The host the app listens on.</summary>
    public string ChannelAddress { get; init; } = "127.0.0.1";

    /// <summary>Null: any free port.</summary>
    public int? DaprHttpPort { get; init; }

    /// <summary>Null: any free port.</summary>
    public int? DaprGrpcPort { get; init; }

    /// <summary>Null: any free port.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>What the run file adds to the app's environment, common part first.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders of component files.</summary>
    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    /// <summary>Dapr's Configuration resources; a run file has one at most, daprd's flag may be repeated.</summary>
    public IReadOnlyList<string> ConfigFilePaths { get; init; } = [];

    /// <summary>Null: the app counts as healthy once its port accepts a connection.</summary>
    public AppHealthOptions? Health { get; init; }

    /// <summary>Largest request body, bytes.</summary>
    public long MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest headers, bytes.</summary>
    public int ReadBufferBytes { get; init; } = 4 * 1024;

    /// <summary>Requests of the sidecar that each process of the app serves at once; null: any number.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Where the sidecar listens; empty: on loopback.</summary>
    public IReadOnlyList<IPAddress> ListenAddresses { get; init; } = [];

    /// <summary>Null: warnings and worse.</summary>
    public LogLevel? LogLevel { get; init; }

    /// <summary>Whether each call of the sidecar's API is logged.</summary>
    public bool LogApiCalls { get; init; }

    /// <summary>Where the app's output goes.</summary>
    public LogDestination AppLog { get; init; }

    /// <summary>Where the sidecar's log goes.</summary>
    public LogDestination DaprdLog { get; init; }
}
