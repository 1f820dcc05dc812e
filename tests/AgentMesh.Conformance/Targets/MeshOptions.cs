namespace AgentMesh.Conformance.Targets;

/// <summary>What a mesh is made of.</summary>
public sealed record MeshOptions
{
    /// <summary>The host of actors first, then, where one is needed, its peer.</summary>
    public IReadOnlyList<AppDefinition> Apps { get; init; } = [AppDefinition.Host, AppDefinition.Peer];

    /// <summary>Whether there is a third app, made with the SDK.</summary>
    public bool WithSdk { get; init; }

    /// <summary>Whether the first app has a second process.</summary>
    public bool WithReplica { get; init; }

    /// <summary>Whether the sidecars probe the apps' <c>/healthz</c>.</summary>
    public bool Health { get; init; }

    /// <summary>Whether numbers are rounded as daprd with Redis does.</summary>
    public bool DaprdFidelity { get; init; }

    /// <summary>Whether the feature flag <c>ActorStateTTL</c> is on.</summary>
    public bool ActorStateTtl { get; init; }
}

/// <summary>One app of a mesh.</summary>
/// <param name="AppId">Its id.</param>
/// <param name="Config">Its <c>/dapr/config</c>.</param>
/// <param name="Subscriptions">Its <c>/dapr/subscribe</c>.</param>
public sealed record AppDefinition(string AppId, string Config, string Subscriptions)
{
    /// <summary>It does not listen yet when its sidecar starts.</summary>
    public bool IsLate { get; init; }

    // `reentrancy` at the top is for `reentrant` alone: the others have their own word.
    public static AppDefinition Host { get; } = new("app", """
        {
          "entities": ["plain", "reentrant", "shallow", "idle", "hasty", "Odd.Type"],
          "reentrancy": { "enabled": true },
          "drainOngoingCallTimeout": "2s",
          "entitiesConfig": [
            { "entities": ["plain", "Odd.Type"], "reentrancy": { "enabled": false } },
            { "entities": ["hasty"], "drainOngoingCallTimeout": "500ms", "reentrancy": { "enabled": false } },
            { "entities": ["shallow"], "reentrancy": { "enabled": true, "maxStackDepth": 3 } },
            { "entities": ["idle"], "actorIdleTimeout": "400ms", "reentrancy": { "enabled": false } }
          ]
        }
        """, ResourceFiles.HostSubscriptions);

    public static AppDefinition Peer { get; } = new("peer", "{}", ResourceFiles.PeerSubscriptions);
}
