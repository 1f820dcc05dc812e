using AgentMesh.ServiceDefaults;

namespace AgentMesh.ActorHost.Publishing;

/// <summary>Domain events: what agents' logs have, for everybody who subscribes.</summary>
internal static class PublishingFeature
{
    /// <summary>Adds it.</summary>
    internal static void AddPublishing(this IServiceCollection services)
    {
        services.AddCheckedOptions<EventOptions>(EventOptions.Section);
        services.AddSingleton<BulkPublish>();
        services.AddSingleton<EventPublisher>();
        services.AddHostedService(provider => provider.GetRequiredService<EventPublisher>());
    }
}
