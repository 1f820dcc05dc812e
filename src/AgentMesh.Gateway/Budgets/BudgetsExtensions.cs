using FluentValidation;

namespace AgentMesh.Gateway.Budgets;

/// <summary>Registers budgets, and their endpoints.</summary>
internal static class BudgetsExtensions
{
    public static IServiceCollection AddBudgets(this IServiceCollection services) =>
        services.AddSingleton<IValidator<BudgetRequest>, BudgetRequestValidator>();

    public static IEndpointRouteBuilder MapBudgets(this IEndpointRouteBuilder endpoints)
    {
        BudgetEndpoints.Map(endpoints);
        return endpoints;
    }
}
