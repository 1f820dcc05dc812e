using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Which app may use which component, and which of them this sidecar serves.</summary>
internal sealed class ComponentPlan
{
    private const string StateType = "state.redis";

    private readonly Dictionary<string, List<Component>> _byApp = new(StringComparer.Ordinal);

    /// <summary>Reads the resources of every app.</summary>
    public ComponentPlan(RunFile runFile, ComponentFile reader)
    {
        // Apps usually share their folders; each set is read once, so that its warnings come once.
        var bySet = new Dictionary<string, IReadOnlyList<Component>>(StringComparer.Ordinal);
        foreach (var app in runFile.Apps)
        {
            var set = string.Join('\n', app.ResourcesPaths);
            if (!bySet.TryGetValue(set, out var components)) bySet[set] = components = reader.ReadFolders(app.ResourcesPaths);
            _byApp[app.AppId] = [.. components.Where(component => component.Serves(app.AppId))];
        }
    }

    /// <summary>The components the app may use.</summary>
    public IReadOnlyList<ComponentInfo> Of(string appId) =>
        [.. _byApp[appId].Select(component => new ComponentInfo(component.Name, component.Type, component.Version))];

    /// <summary>The app's component with <c>actorStateStore: "true"</c>; null when there is none. Two refuse the run, as in daprd.</summary>
    public string? ActorStateStoreOf(string appId)
    {
        var stores = _byApp[appId].Where(component => component.Type == StateType && IsTruthy(component.Value("actorStateStore"))).ToList();
        return stores is [var one, var two, ..]
            ? throw new LauncherException($"{appId} has two actor state stores: '{one.Name}' ({one.File}) and '{two.Name}' ({two.File})")
            : stores.FirstOrDefault()?.Name;
    }

    /// <summary>
    /// How to reach the Redis of <c>--redis</c>: the first state component's metadata (user, password, database, TLS) with its host
    /// replaced.
    /// </summary>
    public IReadOnlyDictionary<string, string> StateRedis(string address)
    {
        var component = _byApp.Values.SelectMany(components => components).FirstOrDefault(component => component.Type == StateType);
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in component?.Metadata ?? [])
        {
            if (value.Text is { } text)
                metadata[value.Name] = text;
        }

        metadata["redisHost"] = address;
        metadata.Remove("redisPort");
        return metadata;
    }

    /// <summary>One line per component: who serves it.</summary>
    /// <param name="data">Where the embedded store is.</param>
    /// <param name="redis">The real Redis; null for the embedded store.</param>
    public IEnumerable<string> Describe(string data, string? redis) =>
        from component in _byApp.Values.SelectMany(components => components).DistinctBy(component => (component.Name, component.File))
        select $"{component.Name} ({component.Type}): " + (component.Type, redis) switch
        {
            (StateType, null) => $"served by the embedded SQLite store in {data}; --redis HOST:PORT uses a real Redis",
            (StateType, _) => $"served by the Redis at {redis}",
            _ => "loaded, not served yet by the local sidecar",
        };

    // dapr: kit/utils.IsTruthy.
    private static bool IsTruthy(string? text) => text?.Trim().ToUpperInvariant() is "1" or "Y" or "YES" or "T" or "TRUE" or "ON";
}
