using AgentMesh.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Responders;

/// <summary>Who answers the messages of agents.</summary>
internal static class RespondersFeature
{
    /// <summary>Adds the <see cref="Responder"/>, its settings with their check, and the line that names it at start.</summary>
    internal static void AddResponders(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddCheckedOptions<ResponderOptions>(ResponderOptions.Section);
        services.AddSingleton<IValidateOptions<ResponderOptions>, ResponderOptionsValidator>();
        services.AddSingleton<Responder>();
        services.AddHostedService<ResponderStart>();
    }
}
