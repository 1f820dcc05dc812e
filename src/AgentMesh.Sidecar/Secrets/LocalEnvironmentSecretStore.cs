namespace AgentMesh.Sidecar.Secrets;

/// <summary>
/// <c>secretstores.local.env</c>: the sidecar's own environment, without Dapr's tokens and settings. A variable that is not there, or
/// hidden, is an empty value and no error (contrib:secretstores/local/env).
/// </summary>
/// <param name="environment">The sidecar's.</param>
/// <param name="prefix">In front of every name; not part of the answers.</param>
internal sealed class LocalEnvironmentSecretStore(IReadOnlyDictionary<string, string> environment, string prefix = "") : ISecretStore
{
    public const string ComponentType = "secretstores.local.env";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Get(string name) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [name] = IsOpen(prefix + name) ? environment.GetValueOrDefault(prefix + name, "") : "",
    };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll() => environment
        .Where(variable => variable.Key.StartsWith(prefix, StringComparison.Ordinal) && IsOpen(variable.Key))
        .ToDictionary(
            variable => variable.Key[prefix.Length..],
            variable => (IReadOnlyDictionary<string, string>)new Dictionary<string, string>(StringComparer.Ordinal) { [variable.Key[prefix.Length..]] = variable.Value },
            StringComparer.Ordinal);

    private static bool IsOpen(string variable) =>
        !variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase) && !variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase);
}
