using AgentMesh.Sidecar.Registry;
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

    /// <summary>Dapr's namespace; part of the keys of reminders.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>daprd 1.16's answer for a reminder that is not there: 200 <c>null</c> in place of 404.</summary>
    public bool Compat116 { get; init; }

    /// <summary>What is done to JSON values before they are stored; null: nothing.</summary>
    public StateFidelity? StateFidelity { get; init; }

    /// <summary>This sidecar is one of several, and serves one app; null: it serves all apps of the machine.</summary>
    public PeerOptions? Peers { get; init; }

    /// <summary>Called when an app asks for a shutdown, once it has its answer: the same as SIGTERM, for the whole mesh.</summary>
    public Action ShutdownRequested { get; init; } = () => { };
}
