using FluentValidation;

namespace AgentMesh.Gateway.Owner;

/// <summary>What is an agent's owner's: the profile, search, an export, the end.</summary>
internal static class OwnerExtensions
{
    public static IServiceCollection AddOwner(this IServiceCollection services) =>
        services.AddSingleton<IValidator<ProfileRequest>, ProfileRequestValidator>().AddSingleton<AgentEraser>();

    public static IEndpointRouteBuilder MapOwner(this IEndpointRouteBuilder endpoints)
    {
        ProfileEndpoints.Map(endpoints);
        SearchEndpoint.Map(endpoints);
        ExportEndpoint.Map(endpoints);
        EraseEndpoint.Map(endpoints);
        return endpoints;
    }
}
