using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.Restoring;
using FluentValidation;

namespace AgentMesh.Gateway.Admin;

/// <summary>What operators do. In Development the local caller is one.</summary>
internal static class AdminExtensions
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services
        .AddSingleton<IValidator<ApiKeyRequest>, ApiKeyRequestValidator>()
        .AddSingleton<IValidator<FreezeRequest>, FreezeRequestValidator>()
        .AddSingleton<IValidator<TenantBudgetRequest>, TenantBudgetRequestValidator>();

    public static IEndpointRouteBuilder MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        var admin = endpoints.MapGroup("").WithMetadata(AdminOnly.Instance);
        AgentListEndpoint.Map(admin);
        ApiKeyEndpoints.Map(admin);
        AuditEndpoint.Map(admin);
        RotateWalletsEndpoint.Map(admin);
        FreezeEndpoints.Map(admin);
        QuarantineEndpoints.Map(admin);
        RestoreEndpoint.Map(admin);
        TenantEndpoints.Map(admin);
        return endpoints;
    }
}
