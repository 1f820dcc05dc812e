using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Secrets;
using AgentMesh.Sidecar.StateApi;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Which app may use which component, and which of them this sidecar serves.</summary>
internal sealed class ComponentPlan
{
    public const string StateType = "state.redis";
    public const string PubSubType = "pubsub.redis";

    private readonly Dictionary<string, AppResources> _apps = new(StringComparer.Ordinal);

    /// <summary>Reads the resources of every app.</summary>
    /// <param name="runFile">The apps and their folders.</param>
    /// <param name="folders">Reads the folders.</param>
    /// <param name="warnings">Receives what is wrong with configurations, one line each.</param>
    public ComponentPlan(RunFile runFile, ResourceFolders folders, ICollection<string> warnings)
    {
        // Apps usually share their folders; each set is read once, so that its warnings come once.
        var bySet = new Dictionary<string, ResourceSet>(StringComparer.Ordinal);
        var byFile = new Dictionary<string, AppConfiguration>(StringComparer.Ordinal);
        foreach (var app in runFile.Apps)
        {
            var set = string.Join('\n', app.ResourcesPaths);
            if (!bySet.TryGetValue(set, out var resources)) bySet[set] = resources = folders.Read(app.ResourcesPaths);
            All = [.. All, .. resources.Components];
            var configuration = app.ConfigFilePaths.Select(ReadConfiguration).DefaultIfEmpty(AppConfiguration.None).Aggregate((earlier, more) => earlier.And(more));
            _apps[app.AppId] = resources.For(app.AppId, configuration);
        }

        AppConfiguration ReadConfiguration(string file) => byFile.TryGetValue(file, out var known) ? known : byFile[file] = AppConfiguration.Read(file, warnings);
    }

    /// <summary>Reads the resources of every app as this program does: with all readers, and with a warning for what it does not serve.</summary>
    /// <param name="runFile">The apps and their folders.</param>
    /// <param name="parts">Environment, folder, ids.</param>
    /// <param name="redis"><c>HOST:PORT</c> of a real Redis in place of what the components say; null: none.</param>
    /// <param name="usesOwnHosts">See <see cref="UsesOwnHosts"/>.</param>
    /// <param name="warnings">Receives one line each.</param>
    /// <param name="dataFolder">The run's own; null: it has none.</param>
    public static ComponentPlan Read(
        RunFile runFile, ProgramParts parts, string? redis, bool usesOwnHosts, ICollection<string> warnings, string? dataFolder = null)
    {
        var plan = new ComponentPlan(runFile, new ResourceFolders(parts.Environment, parts.Namespace, parts.CurrentFolder, warnings, dataFolder), warnings)
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

    /// <summary>What is for one app.</summary>
    public AppResources Of(string appId) => _apps[appId];

    /// <summary>The components of all folders, whoever may use them.</summary>
    public IReadOnlyList<Component> All { get; } = [];

    /// <summary>The app's state components, each with the prefix of its keys. Templates of a prefix are filled in.</summary>
    /// <exception cref="LauncherException">A prefix holds the separator.</exception>
    public IReadOnlyDictionary<string, string> StateStoresOf(string appId)
    {
        return _apps[appId].Components.Where(component => component.Type == StateType)
            .ToDictionary(component => component.Name, component => component.Make(() => PrefixOf(component), complaint: ""), StringComparer.Ordinal);

        string PrefixOf(Component component)
        {
            var strategy = component.ValuesFor(appId, Namespace, NewId)
                .FirstOrDefault(value => value.Name.Equals("keyPrefix", StringComparison.OrdinalIgnoreCase))?.Text;
            return KeyPrefix.Of(strategy, component.Name, Namespace, appId);
        }
    }

    /// <summary>The app's pub/sub components, as one of its processes uses them.</summary>
    /// <exception cref="LauncherException">A component's metadata is wrong.</exception>
    public IReadOnlyList<PubSubSettings> PubSubsOf(string appId) =>
    [
        .. from component in _apps[appId].Components
           where component.Type == PubSubType
           let redis = UsesOwnHosts ? component.RedisMetadata(Redis)["redisHost"] : Redis
           select component.Make(() => PubSubSettings.Read(component, appId, Namespace, PodName, redis, NewId)),
    ];

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
        var stores = _apps[appId].Components.Where(component => component.Type == StateType && GoText.IsTruthy(component.Value("actorStateStore"))).ToList();
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
            (SecretStore.FileType or SecretStore.EnvironmentType, _) => "served",
            _ => "loaded, not served yet by the local sidecar",
        };

    /// <summary>One warning per component whose type this sidecar does not know; each names its file.</summary>
    public IEnumerable<string> Unknown() =>
        from component in Used
        where component.Type is not (StateType or PubSubType or SecretStore.FileType or SecretStore.EnvironmentType)
        select $"{component.File}: the component '{component.Name}' has the type {component.Type}, which the local sidecar does not serve; calls to it fail";

    // Apps share files; each component once.
    private IEnumerable<Component> Used => _apps.Values.SelectMany(resources => resources.Components).DistinctBy(component => (component.Name, component.File));
}
