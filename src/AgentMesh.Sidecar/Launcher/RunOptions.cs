using AgentMesh.LocalData;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The command line of <c>run</c>.</summary>
internal sealed record RunOptions
{
    /// <summary>Null: <see cref="MeshFolders.DefaultRunFile"/> of the current folder, else of the repository the executable is in.</summary>
    public string? RunFile { get; init; }

    /// <summary>The one app to run in place of a run file; null: a run file.</summary>
    public AppOfCommandLine? App { get; init; }

    /// <summary>Null: <c>.agentmesh</c> in the repository's root; for one app <c>.agentmesh/apps/ID</c> in the user's folder.</summary>
    public string? Data { get; init; }

    /// <summary>Every port is chosen free, whatever the run file says.</summary>
    public bool FreePorts { get; init; }

    /// <summary>The dashboard's port; 0: none. Null: its usual one, with <see cref="FreePorts"/> a free one, and none for one app.</summary>
    public int? DashboardPort { get; init; }

    /// <summary>Where the ready file goes; null: nowhere.</summary>
    public string? ReadyFile { get; init; }

    /// <summary>Processes per app id; one where an app is not named.</summary>
    public IReadOnlyDictionary<string, int> Replicas { get; init; } = new Dictionary<string, int>();

    /// <summary><c>HOST:PORT</c> of a real Redis; null: the embedded store.</summary>
    public string? Redis { get; init; }

    /// <summary>A process <c>daprd</c> for each app, as Dapr's own tools know it; needs <see cref="Redis"/>.</summary>
    public bool DaprdLayout { get; init; }

    /// <summary>Answers of daprd 1.16 where they differ.</summary>
    public bool Compat116 { get; init; }

    /// <summary>JSON values are stored as real daprd with Redis stores them: six decimals, members in any order.</summary>
    public bool DaprdStateFidelity { get; init; }

    /// <summary>A dead app process stays dead.</summary>
    public bool NoRestart { get; init; }

    /// <summary>Environment of the apps; wins over the run file.</summary>
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();

    /// <summary>Use the output that is there.</summary>
    public bool NoBuild { get; init; }
}
