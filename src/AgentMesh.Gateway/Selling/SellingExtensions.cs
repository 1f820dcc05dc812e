using AgentMesh.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Selling;

/// <summary>What agents sell.</summary>
internal static class SellingExtensions
{
    public static IServiceCollection AddSelling(this IServiceCollection services)
    {
        services.AddCheckedOptions<SellingOptions>(SellingOptions.Section);
        services.AddSingleton<IValidateOptions<SellingOptions>, SellingOptionsValidator>();
        services.AddSingleton<PaymentsClient>();
        services.AddSingleton<BalanceClient>();
        return services;
    }

    public static IEndpointRouteBuilder MapSelling(this IEndpointRouteBuilder endpoints)
    {
        PremiumEndpoint.Map(endpoints);
        return endpoints;
    }
}
