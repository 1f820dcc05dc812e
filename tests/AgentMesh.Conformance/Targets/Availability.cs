namespace AgentMesh.Conformance.Targets;

/// <summary>Which targets this machine has.</summary>
internal static class Availability
{
    private static readonly string[] OfDaprd = ["daprd", "placement", "scheduler"];

    /// <summary>The targets that every behavior runs against.</summary>
    public static IEnumerable<Target> Targets => Enum.GetValues<Target>().Where(target => WhyNot(target) is null);

    /// <summary>Why the target cannot be had here; null when it can.</summary>
    public static string? WhyNot(Target target) => target switch
    {
        Target.Sqlite => null,
        Target.Redis => Find("redis-server") is null ? "redis-server is neither on PATH nor in CONFORMANCE_REDIS_SERVER" : null,
        _ when WhyNot(Target.Redis) is { } noRedis => noRedis,
        Target.LocalDaprd => File.Exists(LocalSidecar.Daprd) ? null : $"there is no {LocalSidecar.Daprd}",
        _ => OfDaprd.Where(name => Find(name) is null).ToList() is { Count: > 0 } missing
            ? $"{string.Join(", ", missing)}: neither on PATH nor in {string.Join(", ", missing.Select(Variable))}"
            : null,
    };

    /// <summary>An executable, by its environment variable, else on PATH.</summary>
    public static string? Find(string name) =>
        Environment.GetEnvironmentVariable(Variable(name)) is { Length: > 0 } given ? given : FindOnPath(name);

    private static string Variable(string name) => $"CONFORMANCE_{name.ToUpperInvariant().Replace('-', '_')}";

    private static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
