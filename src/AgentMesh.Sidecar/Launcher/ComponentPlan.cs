using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Which app may use which component, and which of them this sidecar serves.</summary>
internal sealed class ComponentPlan
{
    private const string StateType = "state.redis";
    private const string PubSubType = "pubsub.redis";

    private readonly Dictionary<string, List<Component>> _byApp = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Subscription>> _subscriptions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ResiliencyResource>> _resiliency = new(StringComparer.Ordinal);

    /// <summary>Reads the resources of every app.</summary>
    /// <param name="runFile">The apps and their folders.</param>
    /// <param name="reader">Reads components.</param>
    /// <param name="warnings">Receives what is wrong with other resources, one line each; null: nobody asks.</param>
    public ComponentPlan(RunFile runFile, ComponentFile reader, ICollection<string>? warnings = null)
    {
        warnings ??= [];
        // Apps usually share their folders; each set is read once, so that its warnings come once.
        var bySet = new Dictionary<string, (IReadOnlyList<Component> Components, IReadOnlyList<DeclaredSubscription> Subscriptions, IReadOnlyList<ResiliencyResource> Resiliency)>(StringComparer.Ordinal);
        foreach (var app in runFile.Apps)
        {
            var set = string.Join('\n', app.ResourcesPaths);
            if (!bySet.TryGetValue(set, out var found))
            {
                bySet[set] = found = (
                    reader.ReadFolders(app.ResourcesPaths),
                    SubscriptionFile.ReadFolders(app.ResourcesPaths, warnings),
                    ResiliencyFile.ReadFolders(app.ResourcesPaths, warnings));
            }

            _byApp[app.AppId] = [.. found.Components.Where(component => component.Serves(app.AppId))];
            _subscriptions[app.AppId] = [.. found.Subscriptions.Where(item => IsFor(app.AppId, item.Scopes)).Select(item => item.Subscription)];
            _resiliency[app.AppId] = [.. found.Resiliency.Where(resource => IsFor(app.AppId, resource.Scopes))];
        }
    }

    /// <summary>The components the app may use.</summary>
    public IReadOnlyList<ComponentInfo> Of(string appId) =>
        [.. _byApp[appId].Select(component => new ComponentInfo(component.Name, component.Type, component.Version))];

    /// <summary>The Subscription resources that are for the app.</summary>
    public IReadOnlyList<Subscription> SubscriptionsOf(string appId) => _subscriptions[appId];

    /// <summary>The Resiliency resources that are for the app.</summary>
    public IReadOnlyList<ResiliencyResource> ResiliencyOf(string appId) => _resiliency[appId];

    /// <summary>The app's pub/sub components, as one of its processes uses them.</summary>
    /// <exception cref="LauncherException">A component's metadata is wrong.</exception>
    public IReadOnlyList<PubSubSettings> PubSubsOf(string appId) => [.. _byApp[appId].Where(component => component.Type == PubSubType).Select(component =>
    {
        try
        {
            return PubSubSettings.Read(component, appId, Namespace, PodName, Redis, NewId);
        }
        catch (FormatException wrong)
        {
            throw new LauncherException($"the component '{component.Name}' ({component.File}) cannot be served: {wrong.Message}");
        }
    })];

    /// <summary>For <c>{namespace}</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>For <c>{podName}</c>; null: not set.</summary>
    public string? PodName { get; init; }

    /// <summary>The real Redis; null: the embedded store.</summary>
    public string? Redis { get; init; }

    /// <summary>For <c>{uuid}</c>.</summary>
    public Func<Guid> NewId { get; init; } = () => Guid.CreateVersion7();

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
            (StateType or PubSubType, null) => $"served by the embedded SQLite store in {data}; --redis HOST:PORT uses a real Redis",
            (StateType or PubSubType, _) => $"served by the Redis at {redis}",
            _ => "loaded, not served yet by the local sidecar",
        };

    private static bool IsFor(string appId, IReadOnlyList<string> scopes) => scopes.Count == 0 || scopes.Contains(appId, StringComparer.Ordinal);

    // dapr: kit/utils.IsTruthy.
    private static bool IsTruthy(string? text) => text?.Trim().ToUpperInvariant() is "1" or "Y" or "YES" or "T" or "TRUE" or "ON";
}
