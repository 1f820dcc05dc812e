using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Sweeping;

/// <summary>The second net under reminders: an index of agents with due work for each tenant, and who goes through it.</summary>
internal static class SweepFeature
{
    /// <summary>Adds it.</summary>
    internal static void AddSweep(this IServiceCollection services)
    {
        services.AddOptions<SweepOptions>().BindConfiguration(SweepOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SweepOptions>>().Value);
        services.AddSingleton<SweepActors>();
        services.AddSingleton<TenantRegistry>();
        services.AddSingleton<DueNotes>();
        services.AddHostedService(provider => provider.GetRequiredService<DueNotes>());
        services.AddSingleton<Sweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<Sweeper>());
    }
}
