using AgentMesh.ServiceDefaults;

namespace AgentMesh.ActorHost.Quotas;

/// <summary>What tenants may have, kept to by this process.</summary>
internal static class QuotasFeature
{
    /// <summary>Adds it.</summary>
    internal static void AddQuotas(this IServiceCollection services)
    {
        services.AddCheckedOptions<QuotaOptions>(QuotaOptions.Section);
        services.AddSingleton<TenantQuotas>();
        services.AddHostedService(provider => provider.GetRequiredService<TenantQuotas>());
    }
}
