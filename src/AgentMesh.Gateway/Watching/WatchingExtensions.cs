using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Identity;
using AgentMesh.ServiceDefaults.Dapr;
using FluentValidation;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Watching;

/// <summary>Registers what watching agents needs, and its endpoints.</summary>
internal static class WatchingExtensions
{
    public static IServiceCollection AddWatching(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WatchOptions>()
            .Bind(configuration.GetSection(WatchOptions.Section))
            .Validate(
                options => options.IsValid(),
                $"{WatchOptions.Section}: counts, sizes and times must be positive, PageEvents at most 1000, MaxCheckInterval at least CheckInterval, "
                + "SilenceTimeout longer than HeartbeatInterval.")
            .ValidateOnStart();
        services.AddSingleton<WatchMetrics>();
        services.AddSingleton<WatchHub>();
        services.AddSingleton<WatchClock>();
        services.AddHostedService(provider => provider.GetRequiredService<WatchClock>());
        services.AddHostedService<WatchReader>();
        services.AddSingleton(provider => new SocketParts(
            provider.GetRequiredService<MessagePosts>(), provider.GetRequiredService<IValidator<MessageRequest>>(),
            provider.GetRequiredService<WatchClock>(), provider.GetRequiredService<IOptions<WatchOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<OpenCredentials>()));
        return services;
    }

    public static IEndpointRouteBuilder MapWatching(this IEndpointRouteBuilder endpoints)
    {
        SocketEndpoint.Map(endpoints);
        EventsEndpoint.Map(endpoints);
        var services = endpoints.ServiceProvider;
        AnnouncementsEndpoint.Map(endpoints, services.GetRequiredService<SidecarOptions>(), services.GetRequiredService<IHostEnvironment>());
        return endpoints;
    }
}
