namespace AgentMesh.Sidecar.Secrets;

/// <summary>Which secrets of one store an app may read: <c>spec.secrets.scopes[]</c> of the Configuration (dapr:pkg/config/configuration.go).</summary>
internal sealed record SecretScope
{
    /// <summary><c>defaultAccess: deny</c>.</summary>
    public bool DeniesByDefault { get; init; }

    /// <summary>When there are any, nothing else is allowed.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    public IReadOnlyList<string> Denied { get; init; } = [];

    public bool Allows(string secret) =>
        Allowed.Count > 0 ? Allowed.Contains(secret, StringComparer.Ordinal) : !Denied.Contains(secret, StringComparer.Ordinal) && !DeniesByDefault;
}
