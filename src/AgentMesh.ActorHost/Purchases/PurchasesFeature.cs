namespace AgentMesh.ActorHost.Purchases;

/// <summary>What agents buy.</summary>
internal static class PurchasesFeature
{
    internal static void AddPurchases(this IServiceCollection services)
    {
        services.AddSingleton<PurchaseActors>();
        services.AddSingleton<AuthorizationLooker>();
        services.AddSingleton<PromisedFunds>();
        services.AddSingleton<PurchaseRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<PurchaseRunner>());
        services.AddSingleton<PurchaseServices>();
    }
}
