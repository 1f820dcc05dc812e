using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.ActorHost.Announcing;
using AgentMesh.ActorHost.ApiKeys;
using AgentMesh.ActorHost.Audit;
using AgentMesh.ActorHost.Encryption;
using AgentMesh.ActorHost.Limits;
using AgentMesh.ActorHost.States;
using AgentMesh.ActorHost.Summaries;
using AgentMesh.ActorHost.Tenants;
using AgentMesh.ActorHost.Topics;
using AgentMesh.ActorHost.Turns;
using AgentMesh.Agents.State;
using AgentMesh.Contracts;
using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Encryption;
using Dapr.Actors;
using Dapr.Actors.Runtime;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Hosts <see cref="AgentActor"/>, <see cref="TenantActor"/>, <see cref="TopicActor"/>, <see cref="ApiKeysActor"/> and <see cref="AuditActor"/>.</summary>
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
        services.AddCheckedOptions<AgentActorOptions>(AgentActorOptions.Section);
        services.AddCheckedOptions<TurnOptions>(TurnOptions.Section);
        services.AddCheckedOptions<SessionOptions>(SessionOptions.Section)
            .Validate(options => options.IsValid, $"{SessionOptions.Section}:IdleTtlSeconds is 0, or 60 to 31622400.");
        services.AddCheckedOptions<FlushOptions>(FlushOptions.Section);
        RateLimitOptions.Register(services);
        services.AddSingleton<RunningTexts>();
        services.AddCheckedOptions<AnnouncerOptions>(AnnouncerOptions.Section);
        services.AddSingleton<Announcer>();
        services.AddHostedService(provider => provider.GetRequiredService<Announcer>());
        services.AddSingleton<TurnActors>();
        services.AddSingleton<TurnRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<TurnRunner>());
        services.AddSingleton<Summarizer>();
        services.AddHostedService(provider => provider.GetRequiredService<Summarizer>());
        services.AddSingleton<AgentMetrics>();
        services.AddSingleton<AgentServices>();
        services.AddSingleton<StateTransport>();
        services.AddActors(null);
        services.AddOptions<ActorRuntimeOptions>().Configure<AgentActorOptions, EncryptionOptions>((runtime, options, encryption) =>
        {
            runtime.ActorIdleTimeout = TimeSpan.FromSeconds(options.IdleTimeoutSeconds);
            runtime.DrainOngoingCallTimeout = DrainOngoingCalls;
            runtime.DrainRebalancedActors = true;
            runtime.ReentrancyConfig = new ActorReentrancyConfig { Enabled = false };
            runtime.JsonSerializerOptions = CreateJson(encryption.IsOn ? EncryptedRecords.Types : null);
            runtime.Actors.RegisterActor<AgentActor>();
            runtime.Actors.RegisterActor<TenantActor>();
            runtime.Actors.RegisterActor<TopicActor>();
            runtime.Actors.RegisterActor<ApiKeysActor>();
            runtime.Actors.RegisterActor<AuditActor>();
        });
    }

    /// <summary>
    /// Maps what the sidecar calls: configuration, actor methods, deactivation, reminders, timers. Actor calls have no access control
    /// list in Dapr, so the app's token and the network policy are what guards them.
    /// </summary>
    internal static void MapAgents(this WebApplication app) =>
        app.MapActorsHandlers().RequireDaprAppToken(app.Services.GetRequiredService<SidecarOptions>());

    /// <summary>
    /// The SDK has one set of options for method bodies and for state. Generated metadata only: a type that is in neither
    /// context is a bug, and reflection would serialize it with names nobody pinned.
    /// </summary>
    /// <param name="encrypted">Records that may be encrypted; null: none. A resolver that is not generated costs all types the fast way of writing.</param>
    internal static JsonSerializerOptions CreateJson(SealedTypes? encrypted = null)
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            TypeInfoResolver = JsonTypeInfoResolver.Combine(ContractsJson.Default, AgentStateJson.Default, encrypted),
        };
        AgentStateJson.AddTo(json);
        return json;
    }
}
