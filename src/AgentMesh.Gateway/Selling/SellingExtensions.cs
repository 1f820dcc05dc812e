using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Selling;

/// <summary>What agents sell.</summary>
internal static class SellingExtensions
{
    public static IServiceCollection AddSelling(this IServiceCollection services)
    {
        services.AddOptions<SellingOptions>().BindConfiguration(SellingOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SellingOptions>, SellingOptionsValidator>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SellingOptions>>().Value);
        services.AddSingleton<PaymentsClient>();
        return services;
    }

    public static IEndpointRouteBuilder MapSelling(this IEndpointRouteBuilder endpoints)
    {
        PremiumEndpoint.Map(endpoints);
        return endpoints;
    }
}
