using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Runtime;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;

namespace AgentMesh.Sidecar.Http;

/// <summary><c>GET /v1.0/metadata</c> and <c>PUT /v1.0/metadata/{key}</c>, and the same over gRPC (dapr:pkg/api/universal/metadata.go).</summary>
internal sealed class MetadataApi(ActorRouter router, PubSubRuntime pubSub)
{
    /// <summary>The contract kept is that of daprd 1.18.3; the suffix says that this is not daprd.</summary>
    public const string RuntimeVersion = "1.18.3+agentmesh";

    /// <summary>Extended entries an app may set, and the length of each.</summary>
    private const int MaxExtended = 256;
    private const int MaxExtendedLength = 64 * 1024;

    private readonly ConcurrentDictionary<(AppInstance App, string Key), string> _extended = new();

    /// <summary>The message's JSON names are daprd's own, but for what dapr:pkg/api/http/metadata.go writes otherwise.</summary>
    public HttpAnswer Get(AppInstance instance)
    {
        var message = Describe(instance);
        var root = JsonNode.Parse(JsonFormatter.Default.Format(message))!;
        foreach (var subscription in root["subscriptions"]?.AsArray() ?? [])
            subscription!["rules"] = subscription["rules"]?["rules"]?.DeepClone();
        // Told when they have the values that a message leaves out too.
        root["actorRuntime"]!["runtimeStatus"] = message.ActorRuntime.RuntimeStatus.ToString().ToUpperInvariant();
        root["actorRuntime"]!["hostReady"] = message.ActorRuntime.HostReady;
        // The older name, which the dashboard reads.
        if (root["actorRuntime"]!["activeActors"] is { } active)
            root["actors"] = active.DeepClone();
        return HttpAnswer.Json(json => root.WriteTo(json));
    }

    public async Task<IResult> PutAsync(HttpContext context, AppInstance app, string key) =>
        HttpAnswer.Done(Set(app, key, Encoding.UTF8.GetString(await RequestBody.ReadAsync(context))));

    /// <summary>Keeps an entry of the app's own, unless it keeps too many or too long ones.</summary>
    public DaprError? Set(AppInstance app, string key, string value)
    {
        if (value.Length > MaxExtendedLength || (_extended.Count >= MaxExtended && !_extended.ContainsKey((app, key))))
            return DaprError.BadRequest("too much metadata");
        _extended[(app, key)] = value;
        return null;
    }

    public GetMetadataResponse Describe(AppInstance instance)
    {
        var (app, connection) = (instance.App, instance.Connection);
        return new GetMetadataResponse
        {
            Id = app.AppId,
            RuntimeVersion = RuntimeVersion,
            RegisteredComponents = { app.Components.Select(Of) },
            ExtendedMetadata = { Extended(instance) },
            HttpEndpoints = { app.Endpoints.Select(endpoint => new MetadataHTTPEndpoint { Name = endpoint.Name }) },
            Subscriptions = { pubSub.SubscriptionsOf(app.AppId).Select(Of) },
            AppConnectionProperties = new AppConnectionProperties
            {
                Port = app.AppPort,
                Protocol = app.Protocol,
                ChannelAddress = app.ChannelAddress,
                MaxConcurrency = app.MaxConcurrency ?? 0,
                Health = app.Health is { } health ? Of(health) : null,
            },
            ActorRuntime = new ActorRuntime
            {
                RuntimeStatus = app.ActorStateStore is null ? ActorRuntime.Types.ActorRuntimeStatus.Disabled
                    : connection is null ? ActorRuntime.Types.ActorRuntimeStatus.Initializing : ActorRuntime.Types.ActorRuntimeStatus.Running,
                HostReady = connection is { ActorTypes.Count: > 0 },
                Placement = "placement: local",
                ActiveActors = { connection is null ? [] : router.CountActive(connection).Select(entry => new ActiveActorsCount { Type = entry.Type, Count = entry.Count }) },
            },
        };
    }

    private Dictionary<string, string> Extended(AppInstance app)
    {
        var entries = _extended.Where(entry => entry.Key.App == app).ToDictionary(entry => entry.Key.Key, entry => entry.Value, StringComparer.Ordinal);
        entries["daprRuntimeVersion"] = RuntimeVersion;
        return entries;
    }

    private static RegisteredComponents Of(ComponentInfo component) => new()
    {
        Name = component.Name,
        Type = component.Type,
        Version = component.Version,
        Capabilities = { component.Type.StartsWith("state.", StringComparison.Ordinal) ? ["ETAG", "TRANSACTIONAL", "TTL", "ACTOR"] : [] },
    };

    private static AppConnectionHealthProperties Of(AppHealthOptions health) => new()
    {
        HealthCheckPath = health.Path,
        HealthProbeInterval = $"{health.ProbeInterval.TotalSeconds:0.###}s",
        HealthProbeTimeout = $"{health.ProbeTimeout.TotalMilliseconds:0}ms",
        HealthThreshold = health.Threshold,
    };

    private static PubsubSubscription Of(Subscription subscription) => new()
    {
        PubsubName = subscription.PubSub,
        Topic = subscription.Topic,
        Metadata = { subscription.Metadata.ToDictionary() },
        Rules = new PubsubSubscriptionRules { Rules = { subscription.Rules.Select(rule => new PubsubSubscriptionRule { Match = rule.Match, Path = rule.Path }) } },
        DeadLetterTopic = subscription.DeadLetterTopic ?? "",
        Type = subscription.IsDeclarative ? PubsubSubscriptionType.Declarative : PubsubSubscriptionType.Programmatic,
    };
}
