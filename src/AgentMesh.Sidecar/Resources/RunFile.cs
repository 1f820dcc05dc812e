using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Resources;

/// <summary>A multi-app run file (<c>dapr run -f</c>), version 1, with what is common already merged into each app.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Apps">In the order of the file, which is the order of the start.</param>
internal sealed record RunFile(string Path, IReadOnlyList<RunFileApp> Apps);

/// <summary>One app of a run file. All paths are absolute and exist.</summary>
/// <param name="AppId">Dapr's app id; the folder's name when the file gives none.</param>
/// <param name="Directory">Where the command runs.</param>
internal sealed record RunFileApp(string AppId, string Directory)
{
    /// <summary>The command and its arguments; empty: only a sidecar is served, the app is started by someone else.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Where the app listens; null: it serves nothing.</summary>
    public int? AppPort { get; init; }

    /// <summary><c>http</c> or <c>h2c</c>.</summary>
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

    /// <summary>Dapr's Configuration resource.</summary>
    public string? ConfigFilePath { get; init; }

    /// <summary>Null: the app counts as healthy once its port accepts a connection.</summary>
    public AppHealthOptions? Health { get; init; }

    /// <summary>Largest request body, bytes.</summary>
    public long MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest headers, bytes.</summary>
    public int ReadBufferBytes { get; init; } = 4 * 1024;
}
