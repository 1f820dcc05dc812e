using AgentMesh.ServiceDefaults;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>What tenants may spend, and whether: asked of their actors, kept to by this process.</summary>
internal static class TenantBudgetsFeature
{
    /// <summary>Adds it.</summary>
    internal static void AddTenantBudgets(this IServiceCollection services)
    {
        services.AddCheckedOptions<TenantBudgetOptions>(TenantBudgetOptions.Section);
        services.AddSingleton<TenantActors>();
        services.AddSingleton<TenantWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<TenantWatch>());
        services.AddSingleton<TenantLeases>();
        services.AddHostedService(provider => provider.GetRequiredService<TenantLeases>());
        services.AddSingleton<TenantGate>();
    }
}
