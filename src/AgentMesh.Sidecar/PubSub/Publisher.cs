using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>The one way to publish, for HTTP and gRPC: checks what the app may, makes the envelope, hands it to the broker.</summary>
/// <param name="brokers">Finds the broker of an app's component.</param>
/// <param name="policies">The component's outbound policies.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="newId">Event ids.</param>
internal sealed class Publisher(Func<PubSubSettings, IBroker> brokers, ResiliencyPolicies policies, TimeProvider timeProvider, Func<Guid> newId)
{
    /// <summary>Publishes one event. Null: it is kept durably; else why not.</summary>
    public async Task<DaprError?> PublishAsync(AppDefinition app, PublishRequest request, CancellationToken cancellationToken)
    {
        var error = Check(app, request.PubSub, request.Topic, request.Metadata, out var settings, out var raw);
        if (error is not null)
            return error;
        if (Pack(app, request, raw) is not { } message)
            return PubSubErrors.CloudEvent(request.PubSub, app.AppId);
        var started = app.Metrics.Start();
        var failure = (await SendAsync(app, settings!, request.Topic, [message], cancellationToken))[0];
        app.Metrics.Components.Published(request.PubSub, request.Topic, failure is null, app.Metrics.ElapsedMs(started));
        return failure is null ? null : PubSubErrors.Publish(request.PubSub, request.Topic, failure);
    }

    /// <summary>Publishes many events; each may fail alone.</summary>
    /// <param name="app">The publisher.</param>
    /// <param name="pubSub">The component.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="entries">The events, their ids unique.</param>
    /// <param name="template">Metadata and trace of the request; its data is not looked at.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why nothing was published; else the events that were not.</returns>
    public async Task<(DaprError? Error, IReadOnlyList<FailedEntry> Failed)> PublishBulkAsync(
        AppDefinition app, string pubSub, string topic, IReadOnlyList<BulkEntry> entries, PublishRequest template, CancellationToken cancellationToken)
    {
        var error = Check(app, pubSub, topic, template.Metadata, out var settings, out var raw);
        if (error is not null)
            return (error, []);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        if (entries.FirstOrDefault(entry => entry.EntryId.Length == 0 || !ids.Add(entry.EntryId)) is not null)
            return (PubSubErrors.Events(pubSub, topic, "entryId is duplicated or not present for entry"), []);
        var messages = entries.Select(entry => Pack(
            app,
            template with { PubSub = pubSub, Topic = topic, Data = entry.Data, ContentType = entry.ContentType, Metadata = Merge(template.Metadata, entry.Metadata) },
            raw)).ToList();
        var started = app.Metrics.Start();
        var outcomes = await SendAsync(app, settings!, topic, messages, cancellationToken);
        app.Metrics.Components.PublishedInBulk(pubSub, topic, Array.TrueForAll(outcomes, outcome => outcome is null), app.Metrics.ElapsedMs(started));
        return (null, [.. entries.Zip(outcomes).Where(pair => pair.Second is not null).Select(pair => new FailedEntry(pair.First.EntryId, pair.Second!))]);
    }

    private static DaprError? Check(
        AppDefinition app, string pubSub, string topic, IReadOnlyDictionary<string, string>? metadata, out PubSubSettings? settings, out bool raw)
    {
        raw = false;
        settings = app.PubSubs.FirstOrDefault(candidate => candidate.Name == pubSub);
        if (app.PubSubs.Count == 0)
            return PubSubErrors.NotConfigured(pubSub);
        if (pubSub.Length == 0)
            return PubSubErrors.NameEmpty();
        if (settings is null)
            return PubSubErrors.NotFound(pubSub);
        if (topic.Length == 0)
            return PubSubErrors.TopicEmpty(pubSub);
        if (CloudEvent.Find(metadata, "rawPayload") is { Length: > 0 } text && !GoText.TryParseBool(text, out raw))
            return PubSubErrors.BadMetadata(pubSub, $"rawPayload value must be a valid boolean: actual is '{text}'");
        return settings.Scopes.MayPublish(topic) ? null : PubSubErrors.Forbidden(pubSub, topic, app.AppId);
    }

    private BrokerMessage? Pack(AppDefinition app, PublishRequest request, bool raw)
    {
        var data = raw ? request.Data.ToArray() : CloudEvent.Wrap(request, app.AppId, timeProvider.GetLocalNow(), newId);
        return data is null ? null : new BrokerMessage(data, request.Metadata);
    }

    // For each message why it is not kept; null: it is. A repeated attempt sends what is left.
    private async Task<string?[]> SendAsync(
        AppDefinition app, PubSubSettings settings, string topic, List<BrokerMessage?> messages, CancellationToken cancellationToken)
    {
        var failures = messages.Select(message => message is null ? "cannot create cloudevent" : "the component's circuit breaker is open or its timeout is over").ToArray<string?>();
        await policies.ForOutbound(app, settings.Name).RunAsync(
            async token =>
            {
                var left = Enumerable.Range(0, failures.Length).Where(i => messages[i] is not null && failures[i] is not null).ToList();
                var outcomes = await brokers(settings).PublishAsync(topic, left.ConvertAll(i => messages[i]!), token);
                for (var i = 0; i < left.Count; i++)
                    failures[left[i]] = outcomes[i];
                return new Attempt(outcomes.Any(outcome => outcome is not null) ? AttemptOutcome.Failed : AttemptOutcome.Success);
            },
            cancellationToken);
        return failures;
    }

    private static IReadOnlyDictionary<string, string>? Merge(IReadOnlyDictionary<string, string>? request, IReadOnlyDictionary<string, string>? entry)
    {
        if (entry is null || entry.Count == 0)
            return request;
        var merged = new Dictionary<string, string>(request ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (name, value) in entry)
            merged[name] = value;
        return merged;
    }
}
