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
}
