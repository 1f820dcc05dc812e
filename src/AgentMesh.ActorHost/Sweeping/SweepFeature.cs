using AgentMesh.ServiceDefaults;

namespace AgentMesh.ActorHost.Sweeping;

/// <summary>The second net under reminders: an index of agents with due work for each tenant, and who goes through it.</summary>
internal static class SweepFeature
{
    /// <summary>Adds it.</summary>
    internal static void AddSweep(this IServiceCollection services)
    {
        services.AddCheckedOptions<SweepOptions>(SweepOptions.Section);
        services.AddSingleton<SweepActors>();
        services.AddSingleton<TenantRegistry>();
        services.AddSingleton<DueNotes>();
        services.AddHostedService(provider => provider.GetRequiredService<DueNotes>());
        services.AddSingleton<Sweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<Sweeper>());
    }
}
