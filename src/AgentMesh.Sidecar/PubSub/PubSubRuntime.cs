using System.Collections.Concurrent;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// Pub/sub of all apps: the brokers, the publisher, and for each app the consumers of its subscriptions. Consumers start when the
/// app is healthy for the first time; while it has no healthy process they wait.
/// </summary>
internal sealed partial class PubSubRuntime(
    IReadOnlyList<AppDefinition> apps, HostDirectory hosts, ResiliencyPolicies policies, IStateStore store, ILoggerFactory loggers, TimeProvider timeProvider)
    : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Name, string Source), IBroker> _brokers = new();
    private readonly ConcurrentDictionary<string, AppSubscriptions> _apps = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggers.CreateLogger<PubSubRuntime>();

    /// <summary>For HTTP and gRPC.</summary>
    public Publisher Publisher => field ??= new Publisher(BrokerOf, policies, timeProvider, NewId);

    /// <summary>What the app is subscribed to now.</summary>
    public IReadOnlyList<Subscription> SubscriptionsOf(string appId) => _apps.TryGetValue(appId, out var app) ? app.Subscriptions : [];

    /// <summary>Connects to the brokers.</summary>
    /// <exception cref="StateStoreException">One cannot be used.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        foreach (var settings in apps.SelectMany(app => app.PubSubs).DistinctBy(settings => (settings.Name, settings.Source)))
            _brokers[(settings.Name, settings.Source)] = await OpenBrokerAsync(settings, cancellationToken);
    }

    /// <summary>The app's <c>/dapr/subscribe</c>, asked when one of its processes has become healthy; null when it uses no pub/sub.</summary>
    /// <exception cref="HttpRequestException">The app broke off.</exception>
    public async Task<IReadOnlyList<Subscription>?> ReadSubscriptionsAsync(AppDefinition app, AppChannel channel, CancellationToken cancellationToken)
    {
        if (app.PubSubs.Count == 0)
            return null;
        var (status, document) = app.DisabledInitEndpoints.Contains("subscribe") ? (StatusCodes.Status404NotFound, []) : await channel.GetSubscribeAsync(cancellationToken);
        IReadOnlyList<Subscription>? programmatic = [];
        if (status == StatusCodes.Status200OK)
        {
            programmatic = document.Length == 0 ? [] : SubscribeDocument.Parse(document, warning => LogDropped(app.AppId, warning));
            if (programmatic is null)
                LogUnreadable(app.AppId);
        }
        else if (status is not (StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed))
        {
            LogRefused(app.AppId, status);
        }

        return [.. Subscription.Merge(app.Subscriptions, programmatic ?? []).Where(subscription => IsServed(app, subscription))];
    }

    /// <summary>Starts, or keeps, the consumers of an app after a process of it became healthy.</summary>
    public async Task StartAsync(AppDefinition app, IReadOnlyList<Subscription>? subscriptions)
    {
        if (subscriptions is not null)
            await _apps.GetOrAdd(app.AppId, _ => new AppSubscriptions()).StartAsync(app, subscriptions, CreateConsumer);
    }

    /// <summary>What waits for the consumer groups of all components.</summary>
    /// <exception cref="StateStoreException">A broker does not answer.</exception>
    public async Task<IReadOnlyList<GroupBacklog>> BacklogAsync(CancellationToken cancellationToken)
    {
        var backlogs = new List<GroupBacklog>();
        foreach (var (name, broker) in _brokers.Select(entry => (entry.Key.Name, entry.Value)).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var topics = _apps.Values.SelectMany(app => app.Subscriptions).Where(subscription => subscription.PubSub == name).Select(subscription => subscription.Topic);
            backlogs.AddRange(await broker.BacklogAsync([.. topics.Distinct().Order(StringComparer.Ordinal)], cancellationToken));
        }

        return backlogs;
    }

    /// <summary>Before the apps are stopped: takes no more events, and lets the deliveries under way end until the token does.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_apps.Values.Select(app => app.StopAsync(cancellationToken)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps.Values)
            await app.DisposeAsync();
        foreach (var broker in _brokers.Values)
            await broker.DisposeAsync();
    }

    private Guid NewId() => Guid.CreateVersion7(timeProvider.GetUtcNow());

    private IBroker BrokerOf(PubSubSettings settings) => _brokers[(settings.Name, settings.Source)];

    private async Task<IBroker> OpenBrokerAsync(PubSubSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Redis is not null)
            return await RedisBroker.ConnectAsync(settings, loggers.CreateLogger<RedisBroker>(), timeProvider, cancellationToken);
        return store is SqliteStateStore sqlite
            ? await SqliteBroker.OpenAsync(sqlite, settings, loggers.CreateLogger<SqliteBroker>(), timeProvider, cancellationToken)
            : throw new StateStoreException($"The component {settings.Name} has neither the embedded store nor a Redis.");
    }

    private bool IsServed(AppDefinition app, Subscription subscription)
    {
        var settings = app.PubSubs.FirstOrDefault(candidate => candidate.Name == subscription.PubSub);
        if (settings is null)
            LogNoComponent(app.AppId, subscription.PubSub, subscription.Topic);
        else if (!settings.Scopes.MaySubscribe(subscription.Topic))
            LogNotAllowed(app.AppId, subscription.PubSub, subscription.Topic);
        else
            return true;
        return false;
    }

    private Consumer CreateConsumer(AppDefinition app, PubSubSettings settings, IReadOnlyList<Subscription> subscriptions)
    {
        var broker = BrokerOf(settings);
        var targets = new DeliveryTargets(
            hosts, connection => connection.App.AppId == app.AppId && (!settings.IsPerProcess || connection.App.Replica == app.Replica), timeProvider);
        var post = new EventPost(targets, policies.ForInbound(app, settings.Name));
        var deadLetters = new DeadLetters(broker, app.AppId, timeProvider, _logger);
        return new Consumer(
            settings,
            subscriptions.Select(subscription => new TopicReader(subscription, settings, broker, targets, timeProvider, _logger)),
            new EventDelivery(post, deadLetters, timeProvider, NewId),
            _logger);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{App}: {Warning}")]
    private partial void LogDropped(string app, string warning);

    [LoggerMessage(Level = LogLevel.Error, Message = "{App} answers /dapr/subscribe with something else than Dapr's list of subscriptions; it has none.")]
    private partial void LogUnreadable(string app);

    [LoggerMessage(Level = LogLevel.Error, Message = "{App} answers /dapr/subscribe with {Status}; it has no programmatic subscriptions.")]
    private partial void LogRefused(string app, int status);

    [LoggerMessage(Level = LogLevel.Error, Message = "{App} subscribes {PubSub}/{Topic}, and may not use such a component, or there is none.")]
    private partial void LogNoComponent(string app, string pubSub, string topic);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{App} may not subscribe {PubSub}/{Topic}: the component's scopes.")]
    private partial void LogNotAllowed(string app, string pubSub, string topic);
}
