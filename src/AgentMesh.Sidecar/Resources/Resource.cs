namespace AgentMesh.Sidecar.Resources;

/// <summary>What every resource of a resources folder has.</summary>
/// <param name="Name">How apps and other resources call it.</param>
internal abstract record Resource(string Name)
{
    /// <summary>App ids it is for; empty: all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The secret store for <see cref="ComponentValue.SecretKeyRef"/>; null: none named.</summary>
    public string? SecretStore { get; init; }

    /// <summary>The file, for messages.</summary>
    public string File { get; init; } = "";

    /// <summary>Whether it is for the app.</summary>
    public bool Serves(string appId) => Scopes.Count == 0 || Scopes.Contains(appId, StringComparer.Ordinal);
}
