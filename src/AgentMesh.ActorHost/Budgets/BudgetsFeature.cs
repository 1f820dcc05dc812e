using AgentMesh.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Budgets;

/// <summary>What agents' budgets need of the process.</summary>
internal static class BudgetsFeature
{
    internal static void AddBudgets(this IServiceCollection services)
    {
        services.AddCheckedOptions<BudgetOptions>(BudgetOptions.Section);
        services.AddSingleton<IValidateOptions<BudgetOptions>, DefaultLimits>();
        services.AddCheckedOptions<PaymentAssetOptions>(PaymentAssetOptions.Section);
        services.AddSingleton(provider => DefaultLimits.RulesOf(provider.GetRequiredService<BudgetOptions>(), provider.GetRequiredService<PaymentAssetOptions>().Token));
        services.AddSingleton<LedgerClock>();
    }
}
