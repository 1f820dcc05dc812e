using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Runtime;
using Dapr.Client.Autogen.Grpc.v1;

namespace AgentMesh.Sidecar.Grpc;

/// <summary>The answer of <c>GET /v1.0/metadata</c> as a message.</summary>
internal static class MetadataMessage
{
    public static GetMetadataResponse Of(MetadataApi metadata, AppInstance instance)
    {
        var app = instance.App;
        var message = new GetMetadataResponse
        {
            Id = app.AppId,
            RuntimeVersion = MetadataApi.RuntimeVersion,
            ExtendedMetadata = { metadata.Extended(instance).ToDictionary() },
            HttpEndpoints = { app.Endpoints.Select(endpoint => new MetadataHTTPEndpoint { Name = endpoint.Name }) },
            Subscriptions = { metadata.Subscriptions(instance).Select(Of) },
            AppConnectionProperties = new AppConnectionProperties { Port = app.AppPort, Protocol = app.Protocol, ChannelAddress = app.ChannelAddress },
            ActorRuntime = new ActorRuntime
            {
                RuntimeStatus = Enum.Parse<ActorRuntime.Types.ActorRuntimeStatus>(MetadataApi.ActorStatus(instance), ignoreCase: true),
                HostReady = instance.Connection is { ActorTypes.Count: > 0 },
                Placement = "placement: local",
                ActiveActors = { metadata.ActiveActors(instance).Select(entry => new ActiveActorsCount { Type = entry.Key, Count = entry.Value }) },
            },
        };
        foreach (var component in app.Components)
        {
            message.RegisteredComponents.Add(new RegisteredComponents
            {
                Name = component.Name,
                Type = component.Type,
                Version = component.Version,
                Capabilities = { MetadataApi.Capabilities(component) },
            });
        }

        if (app.Health is { } health)
        {
            message.AppConnectionProperties.Health = new AppConnectionHealthProperties
            {
                HealthCheckPath = health.Path,
                HealthProbeInterval = $"{health.ProbeInterval.TotalSeconds:0.###}s",
                HealthProbeTimeout = $"{health.ProbeTimeout.TotalMilliseconds:0}ms",
                HealthThreshold = health.Threshold,
            };
        }

        return message;
    }

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
