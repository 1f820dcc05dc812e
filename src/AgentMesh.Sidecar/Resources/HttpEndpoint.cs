namespace AgentMesh.Sidecar.Resources;

/// <summary>A foreign host that apps call by name (<c>kind: HTTPEndpoint</c>).</summary>
/// <param name="Name">How apps call it.</param>
/// <param name="BaseUrl">Absolute, http or https; the method's path is added after a slash.</param>
internal sealed record HttpEndpoint(string Name, string BaseUrl)
{
    /// <summary>Added to each request; they may be secret.</summary>
    public IReadOnlyList<ComponentValue> Headers { get; init; } = [];

    /// <summary>App ids that may call it; empty: all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The secret store for headers with a <see cref="ComponentValue.SecretKeyRef"/>; null: none named.</summary>
    public string? SecretStore { get; init; }

    /// <summary>The file, for messages.</summary>
    public string File { get; init; } = "";

    public bool Serves(string appId) => Scopes.Count == 0 || Scopes.Contains(appId, StringComparer.Ordinal);

    /// <summary>A record prints its members; headers may hold secrets.</summary>
    public override string ToString() => $"{nameof(HttpEndpoint)} {Name}";
}
