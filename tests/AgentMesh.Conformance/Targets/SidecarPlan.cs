namespace AgentMesh.Conformance.Targets;

/// <summary>Sidecars to start: the apps they are for, and the files they read.</summary>
internal sealed record SidecarPlan
{
    /// <summary>Shown by apps to their sidecar.</summary>
    public const string DaprToken = "token-of-the-sidecar";

    /// <summary>Shown by sidecars to their app.</summary>
    public const string AppToken = "token-of-the-app";

    /// <summary>A folder of this plan's own.</summary>
    public required string Folder { get; init; }

    public required IReadOnlyList<PlannedApp> Apps { get; init; }

    /// <summary>Folder of the resources.</summary>
    public required string Resources { get; init; }

    /// <summary>A Configuration resource.</summary>
    public required string ConfigFile { get; init; }

    /// <summary><c>HOST:PORT</c>; null for the embedded store.</summary>
    public string? Redis { get; init; }

    /// <summary>Numbers are rounded as daprd with Redis rounds them; daprd itself always does.</summary>
    public bool DaprdFidelity { get; init; }

    /// <summary>What local.env secret stores see, the tokens apart.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> FullEnvironment => new Dictionary<string, string>(Environment)
    {
        ["DAPR_API_TOKEN"] = DaprToken,
        ["APP_API_TOKEN"] = AppToken,
        // As for the tests themselves: these processes are short-lived.
        ["DOTNET_TieredPGO"] = "0",
        // The local sidecar as `daprd` takes daprd's flags, which have no place for it.
        ["AGENTMESH_STATE_FIDELITY"] = DaprdFidelity ? "daprd" : "exact",
    };
}

/// <summary>One app and the ports of its sidecar. With health, the sidecar probes <c>/healthz</c> each second and gives up at the first failure.</summary>
internal sealed record PlannedApp(string AppId, int AppPort, int HttpPort, int GrpcPort, bool Health);
