using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Secrets;

namespace AgentMesh.Sidecar.Resources;

/// <summary>Dapr's Configuration resource (dapr:pkg/config/configuration.go), as far as it changes something on one machine.</summary>
/// <param name="File">Null: there is none.</param>
internal sealed record AppConfiguration(string? File)
{
    // What would be missed. Tracing and the rest of the keys are accepted; daprd ignores keys it does not know.
    private static readonly string[] NotApplied = ["accessControl", "httpPipeline", "appHttpPipeline", "api"];

    public static readonly AppConfiguration None = new((string?)null);

    /// <summary><c>spec.metrics.enabled</c>, also written <c>spec.metric</c>: whether the metrics port is opened.</summary>
    public bool MetricsEnabled { get; init; } = true;

    /// <summary><c>spec.metrics.http.increasedCardinality</c>: whether HTTP metrics have the path as a label.</summary>
    public bool IncreasedCardinality { get; init; } = true;

    /// <summary>The enabled ones of <c>spec.features</c>.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Whether actor state may have a time to live.</summary>
    public bool HasActorStateTtl => Features.Contains("ActorStateTTL");

    /// <summary><c>spec.logging.apiLogging.enabled</c>.</summary>
    public bool LogsApiCalls { get; init; }

    /// <summary><c>spec.secrets.scopes</c> by secret store.</summary>
    public IReadOnlyDictionary<string, SecretScope> SecretScopes { get; init; } = new Dictionary<string, SecretScope>();

    /// <summary>Reads a file. What is meant for others is added to the warnings.</summary>
    /// <exception cref="LauncherException">The file is broken, or names a secret store twice: what is meant to be closed must not be open.</exception>
    public static AppConfiguration Read(string file, ICollection<string> warnings)
    {
        if (YamlSection.Parse(file, System.IO.File.ReadAllText(file)) is not { } document)
            return new AppConfiguration(file);
        if (document.Text("kind") is var kind && kind != "Configuration")
            warnings.Add($"{document.Place("kind")}: kind {kind ?? "(none)"} is no Configuration; the file is read as one");
        if (document.Section("spec") is not { } spec)
            return new AppConfiguration(file);
        foreach (var name in NotApplied.Intersect(spec.Names))
            warnings.Add($"{spec.Place(name)}: {name} is not applied by the local sidecar");
        // Both spellings are in use, and daprd takes either.
        var metrics = spec.Section("metrics") ?? spec.Section("metric");
        return new AppConfiguration(file)
        {
            MetricsEnabled = metrics?.Flag("enabled") ?? true,
            IncreasedCardinality = metrics?.Section("http")?.Flag("increasedCardinality") ?? true,
            Features = [.. spec.Sections("features").Where(feature => feature.Flag("enabled") ?? false).Select(feature => feature.Text("name")).OfType<string>()],
            LogsApiCalls = spec.Section("logging")?.Section("apiLogging")?.Flag("enabled") ?? false,
            SecretScopes = ReadScopes(spec),
        };
    }

    /// <summary>Two files together: what one of them switches off or on stays so.</summary>
    /// <exception cref="LauncherException">Both have scopes of one secret store.</exception>
    public AppConfiguration And(AppConfiguration other) => this with
    {
        MetricsEnabled = MetricsEnabled && other.MetricsEnabled,
        IncreasedCardinality = IncreasedCardinality && other.IncreasedCardinality,
        Features = [.. Features, .. other.Features],
        LogsApiCalls = LogsApiCalls || other.LogsApiCalls,
        SecretScopes = SecretScopes.Keys.FirstOrDefault(other.SecretScopes.ContainsKey) is { } twice
            ? throw new LauncherException($"the secret store '{twice}' is scoped twice: in {File} and in {other.File}")
            : SecretScopes.Concat(other.SecretScopes).ToDictionary(StringComparer.Ordinal),
    };

    private static Dictionary<string, SecretScope> ReadScopes(YamlSection spec)
    {
        var scopes = new Dictionary<string, SecretScope>(StringComparer.Ordinal);
        foreach (var scope in spec.Section("secrets")?.Sections("scopes") ?? [])
        {
            var store = scope.Text("storeName") ?? throw scope.Error("storeName", "is missing");
            var access = scope.Text("defaultAccess");
            if (access is not null && !access.Equals("allow", StringComparison.OrdinalIgnoreCase) && !access.Equals("deny", StringComparison.OrdinalIgnoreCase))
                throw scope.Error("defaultAccess", $"must be allow or deny, not '{access}'");
            if (!scopes.TryAdd(store, new SecretScope
            {
                DeniesByDefault = access?.Equals("deny", StringComparison.OrdinalIgnoreCase) ?? false,
                Allowed = scope.Texts("allowedSecrets") ?? [],
                Denied = scope.Texts("deniedSecrets") ?? [],
            }))
                throw scope.Error("storeName", $"'{store}' is scoped twice");
        }

        return scopes;
    }
}
