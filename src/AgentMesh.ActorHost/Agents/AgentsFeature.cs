using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Agents.State;
using AgentMesh.Contracts;
using Dapr.Actors;
using Dapr.Actors.Runtime;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Hosts <see cref="AgentActor"/>.</summary>
internal static class AgentsFeature
{
    /// <summary>
    /// How long daprd waits for a running call when an agent moves. Its own default of 2 s would cancel turns at every rolling
    /// update; above 80 % of its dissemination timeout (30 s) it would clamp.
    /// </summary>
    private static readonly TimeSpan DrainOngoingCalls = TimeSpan.FromSeconds(20);

    /// <summary>Adds the actor runtime and what the actors share.</summary>
    internal static void AddAgents(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AgentActorOptions>().BindConfiguration(AgentActorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<AgentActorOptions>>().Value);
        services.AddActors(null);
        services.AddOptions<ActorRuntimeOptions>().Configure<AgentActorOptions>((runtime, options) =>
        {
            runtime.ActorIdleTimeout = TimeSpan.FromSeconds(options.IdleTimeoutSeconds);
            runtime.DrainOngoingCallTimeout = DrainOngoingCalls;
            runtime.DrainRebalancedActors = true;
            runtime.ReentrancyConfig = new ActorReentrancyConfig { Enabled = false };
            runtime.JsonSerializerOptions = CreateJson();
            runtime.Actors.RegisterActor<AgentActor>();
        });
    }

    /// <summary>Maps what the sidecar calls: configuration, actor methods, deactivation, reminders, timers, health.</summary>
    internal static void MapAgents(this WebApplication app) => app.MapActorsHandlers();

    /// <summary>
    /// The SDK has one set of options for method bodies and for state. Generated metadata only: a type that is in neither
    /// context is a bug, and reflection would serialize it with names nobody pinned.
    /// </summary>
    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            TypeInfoResolver = JsonTypeInfoResolver.Combine(ContractsJson.Default, AgentStateJson.Default),
        };
        AgentStateJson.AddTo(json);
        return json;
    }
}
