using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Outgoing;

namespace AgentMesh.ActorHost.Outgoing;

/// <summary>Calls to addresses that somebody else names.</summary>
internal static class OutgoingFeature
{
    /// <summary>Adds the client, and the check of its settings at start.</summary>
    internal static void AddOutgoing(this IServiceCollection services)
    {
        services.AddCheckedOptions<OutgoingOptions>(OutgoingOptions.Section);
        services.AddOutgoingRules();
        services.AddSingleton<IHostResolver, SystemResolver>();
        services.AddSingleton<GuardedConnector>();
        services.AddSingleton<OutgoingClient>();
    }
}
