using FluentValidation;

namespace AgentMesh.Gateway.Policies;

/// <summary>What an agent may pay, and what its owner is asked about.</summary>
internal static class PoliciesExtensions
{
    public static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        services.AddSingleton<IValidator<EvaluatePolicyRequest>, EvaluatePolicyRequestValidator>();
        services.AddSingleton<IValidator<DecideApprovalRequest>, DecideApprovalRequestValidator>();
        return services;
    }

    public static IEndpointRouteBuilder MapPolicies(this IEndpointRouteBuilder endpoints)
    {
        PolicyEndpoints.Map(endpoints);
        ApprovalEndpoints.Map(endpoints);
        SchemaEndpoint.Map(endpoints);
        return endpoints;
    }
}
