using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.Secrets;
using AgentMesh.Sidecar.StateApi;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Which app may use which component, and which of them this sidecar serves.</summary>
internal sealed class ComponentPlan
{
    public const string StateType = "state.redis";
    public const string PubSubType = "pubsub.redis";

    private readonly Dictionary<string, List<Component>> _byApp = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AppConfiguration> _configurations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SecretAccess> _secrets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<HttpEndpoint>> _endpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Subscription>> _subscriptions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ResiliencyResource>> _resiliency = new(StringComparer.Ordinal);

    /// <summary>Reads the resources of every app.</summary>
    /// <param name="runFile">The apps and their folders.</param>
    /// <param name="reader">Reads components.</param>
    /// <param name="endpoints">Reads endpoints; null: there are none.</param>
    /// <param name="resolver">Opens secret stores; null: there are none.</param>
    /// <param name="warnings">Receives what is wrong with subscriptions and policies, one line each; null: nobody asks.</param>
    public ComponentPlan(
        RunFile runFile, ComponentFile reader, HttpEndpointFile? endpoints = null, SecretResolver? resolver = null, ICollection<string>? warnings = null)
    {
        // Apps usually share their folders; each set is read once, so that its warnings come once.
        var bySet = new Dictionary<string, ResourceSet>(StringComparer.Ordinal);
        var byFile = new Dictionary<string, AppConfiguration>(StringComparer.Ordinal);
        foreach (var app in runFile.Apps)
        {
            var set = string.Join('\n', app.ResourcesPaths);
            if (!bySet.TryGetValue(set, out var resources)) bySet[set] = resources = Read(app.ResourcesPaths, reader, endpoints, resolver, warnings ?? []);
            All = [.. All, .. resources.Components];
            var components = resources.Components.Where(component => component.Serves(app.AppId)).ToList();
            _byApp[app.AppId] = components;
            _endpoints[app.AppId] = [.. resources.Endpoints.Where(endpoint => endpoint.Serves(app.AppId))];
            var file = app.ConfigFilePath ?? "";
            if (!byFile.TryGetValue(file, out var configuration)) byFile[file] = configuration = AppConfiguration.Read(app.ConfigFilePath, warnings ?? []);
            configuration = app.MoreConfigFilePaths.Aggregate(configuration, (earlier, more) => earlier.And(AppConfiguration.Read(more, warnings ?? [])));
            _configurations[app.AppId] = configuration;
            _secrets[app.AppId] = new SecretAccess(
                resources.SecretStores.Where(store => components.Any(component => component.Name == store.Key)).ToDictionary(StringComparer.Ordinal),
                configuration.SecretScopes);
            _subscriptions[app.AppId] = [.. resources.Subscriptions.Where(item => item.Serves(app.AppId)).Select(item => item.Subscription)];
            _resiliency[app.AppId] = [.. resources.Resiliency.Where(resource => resource.Serves(app.AppId))];
        }
    }

    /// <summary>Reads the resources of every app as this program does: with all readers, and with a warning for what it does not serve.</summary>
    /// <param name="runFile">The apps and their folders.</param>
    /// <param name="parts">Environment, folder, ids.</param>
    /// <param name="redis"><c>HOST:PORT</c> of a real Redis in place of what the components say; null: none.</param>
    /// <param name="usesOwnHosts">See <see cref="UsesOwnHosts"/>.</param>
    /// <param name="warnings">Receives one line each.</param>
    public static ComponentPlan Read(RunFile runFile, ProgramParts parts, string? redis, bool usesOwnHosts, ICollection<string> warnings)
    {
        var reader = new ComponentFile(name => parts.Environment.GetValueOrDefault(name), parts.Namespace, warnings);
        var plan = new ComponentPlan(
            runFile, reader, new HttpEndpointFile(reader, warnings), new SecretResolver(parts.Environment, parts.CurrentFolder, warnings), warnings)
        {
            Namespace = parts.Namespace,
            PodName = parts.Variable("POD_NAME"),
            Redis = redis,
            UsesOwnHosts = usesOwnHosts,
            NewId = parts.NewId,
        };
        foreach (var unknown in plan.Unknown())
            warnings.Add(unknown);
        return plan;
    }

    /// <summary>The app's Configuration resource.</summary>
    public AppConfiguration ConfigurationOf(string appId) => _configurations[appId];

    /// <summary>The components of all folders, whoever may use them.</summary>
    public IReadOnlyList<Component> All { get; } = [];

    /// <summary>The components the app may use, as their files state them.</summary>
    public IReadOnlyList<Component> ComponentsOf(string appId) => _byApp[appId];

    /// <summary>The secrets the app may read.</summary>
    public SecretAccess SecretsOf(string appId) => _secrets[appId];

    /// <summary>The foreign hosts the app may call by name.</summary>
    public IReadOnlyList<HttpEndpoint> EndpointsOf(string appId) => _endpoints[appId];

    /// <summary>The app's state components, each with the prefix of its keys. Templates of a prefix are filled in.</summary>
    /// <exception cref="LauncherException">A prefix holds the separator.</exception>
    public IReadOnlyDictionary<string, string> StateStoresOf(string appId)
    {
        var prefixes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var component in _byApp[appId].Where(component => component.Type == StateType))
        {
            var strategy = component.ValuesFor(appId, Namespace, NewId)
                .FirstOrDefault(value => value.Name.Equals("keyPrefix", StringComparison.OrdinalIgnoreCase))?.Text;
            try
            {
                prefixes[component.Name] = KeyPrefix.Of(strategy, component.Name, Namespace, appId);
            }
            catch (FormatException refused)
            {
                throw new LauncherException($"the component '{component.Name}' ({component.File}): {refused.Message}");
            }
        }

        return prefixes;
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
            return PubSubSettings.Read(component, appId, Namespace, PodName, UsesOwnHosts ? component.RedisMetadata(Redis)["redisHost"] : Redis, NewId);
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

    /// <summary>Without <see cref="Redis"/> the components' own hosts count, and there is no embedded store.</summary>
    public bool UsesOwnHosts { get; init; }

    /// <summary>For <c>{uuid}</c>.</summary>
    public Func<Guid> NewId { get; init; } = () => Guid.CreateVersion7();

    /// <summary>The app's component with <c>actorStateStore: "true"</c>; null when there is none. Two refuse the run, as in daprd.</summary>
    public string? ActorStateStoreOf(string appId)
    {
        var stores = _byApp[appId].Where(component => component.Type == StateType && GoText.IsTruthy(component.Value("actorStateStore"))).ToList();
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
        var component = Used.FirstOrDefault(component => component.Type == StateType);
        return (component ?? new Component("", StateType, "v1")).RedisMetadata(address);
    }

    /// <summary>One line per component: who serves it.</summary>
    /// <param name="data">Where the embedded store is.</param>
    /// <param name="redis">The real Redis; null for the embedded store.</param>
    public IEnumerable<string> Describe(string data, string? redis) =>
        from component in Used
        select $"{component.Name} ({component.Type}): " + (component.Type, redis) switch
        {
            (StateType or PubSubType, null) => $"served by the embedded SQLite store in {data}; --redis HOST:PORT uses a real Redis",
            (StateType or PubSubType, _) => $"served by the Redis at {redis}",
            (LocalFileSecretStore.ComponentType or LocalEnvironmentSecretStore.ComponentType, _) => "served",
            _ => "loaded, not served yet by the local sidecar",
        };

    /// <summary>One warning per component whose type this sidecar does not know; each names its file.</summary>
    public IEnumerable<string> Unknown() =>
        from component in Used
        where component.Type is not (StateType or PubSubType or LocalFileSecretStore.ComponentType or LocalEnvironmentSecretStore.ComponentType)
        select $"{component.File}: the component '{component.Name}' has the type {component.Type}, which the local sidecar does not serve; calls to it fail";

    // Apps share files; each component once.
    private IEnumerable<Component> Used => _byApp.Values.SelectMany(components => components).DistinctBy(component => (component.Name, component.File));

    private static ResourceSet Read(
        IReadOnlyList<string> folders, ComponentFile reader, HttpEndpointFile? endpoints, SecretResolver? resolver, ICollection<string> warnings)
    {
        var resources = new ResourceSet(reader.ReadFolders(folders), endpoints?.ReadFolders(folders) ?? [], new Dictionary<string, ISecretStore>())
        {
            Subscriptions = SubscriptionFile.ReadFolders(folders, warnings),
            Resiliency = ResiliencyFile.ReadFolders(folders, warnings),
        };
        if (resolver is null)
            return resources;
        var stores = resolver.Open(resources.Components);
        return resources with
        {
            Components = [.. resources.Components.Select(component => resolver.Resolve(component, stores))],
            Endpoints = [.. resources.Endpoints.Select(endpoint => resolver.Resolve(endpoint, stores))],
            SecretStores = stores,
        };
    }

    private sealed record ResourceSet(
        IReadOnlyList<Component> Components, IReadOnlyList<HttpEndpoint> Endpoints, IReadOnlyDictionary<string, ISecretStore> SecretStores)
    {
        public required IReadOnlyList<DeclaredSubscription> Subscriptions { get; init; }

        public required IReadOnlyList<ResiliencyResource> Resiliency { get; init; }
    }
}
