namespace AgentMesh.Facilitator.Ledger;

internal static class LedgerExtensions
{
    /// <summary>The simulated ledger in Dapr's state store.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddSingleton<StateStore>();
        services.AddSingleton<Journal>();
        services.AddSingleton<TokenLedger>();
        return services;
    }
}
