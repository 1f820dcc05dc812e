using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Resources;

/// <summary>What this sidecar reads of a Configuration resource, its secret scopes apart (<see cref="SecretScopeFile"/>).</summary>
/// <param name="File">Null: there is none.</param>
internal sealed record AppConfiguration(string? File)
{
    public static readonly AppConfiguration None = new((string?)null);

    /// <summary><c>spec.metrics.enabled</c>, also written <c>spec.metric</c>: whether the metrics port is opened.</summary>
    public bool MetricsEnabled { get; init; } = true;

    /// <summary><c>spec.metrics.http.increasedCardinality</c>: whether HTTP metrics have the path as a label.</summary>
    public bool IncreasedCardinality { get; init; } = true;

    /// <summary>The enabled ones of <c>spec.features</c>.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Reads a file; null: none.</summary>
    /// <exception cref="LauncherException">The file is broken.</exception>
    public static AppConfiguration Read(string? file)
    {
        if (file is null || YamlSection.Parse(file, System.IO.File.ReadAllText(file))?.Section("spec") is not { } spec)
            return new AppConfiguration(file);
        // Both spellings are in use, and daprd takes either.
        var metrics = spec.Section("metrics") ?? spec.Section("metric");
        return new AppConfiguration(file)
        {
            MetricsEnabled = metrics?.Flag("enabled") ?? true,
            IncreasedCardinality = metrics?.Section("http")?.Flag("increasedCardinality") ?? true,
            Features = [.. spec.Sections("features").Where(feature => feature.Flag("enabled") ?? false).Select(feature => feature.Text("name")).OfType<string>()],
        };
    }
}
