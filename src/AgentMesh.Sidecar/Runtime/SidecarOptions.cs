using AgentMesh.Sidecar.StateApi;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>What the runtime serves.</summary>
internal sealed record SidecarOptions
{
    /// <summary>All processes of all apps.</summary>
    public required IReadOnlyList<AppDefinition> Apps { get; init; }

    /// <summary>Demanded of callers in <c>dapr-api-token</c>; null: none.</summary>
    public string? DaprApiToken { get; init; }

    /// <summary>Sent to apps in <c>dapr-api-token</c>; null: none.</summary>
    public string? AppApiToken { get; init; }

    /// <summary>The namespace of all apps; <c>app.namespace</c> names an app of it.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>What is done to JSON values before they are stored; null: nothing.</summary>
    public StateFidelity? StateFidelity { get; init; }

    /// <summary>Called when an app asks for a shutdown, once it has its answer: the same as SIGTERM, for the whole mesh.</summary>
    public Action ShutdownRequested { get; init; } = () => { };
}
