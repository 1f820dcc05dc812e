using FluentValidation;

namespace AgentMesh.Gateway.Admin;

/// <summary>What operators do. In Development the local caller is one, and there is no other mode yet.</summary>
internal static class AdminExtensions
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services
        .AddSingleton<IValidator<FreezeRequest>, FreezeRequestValidator>()
        .AddSingleton<IValidator<TenantBudgetRequest>, TenantBudgetRequestValidator>();

    public static IEndpointRouteBuilder MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        RotateWalletsEndpoint.Map(endpoints);
        FreezeEndpoints.Map(endpoints);
        TenantEndpoints.Map(endpoints);
        return endpoints;
    }
}
