using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.X402.Exact.Evm.ResourceServer;

namespace AgentMesh.Payments.Facilitation;

/// <summary>The facilitator: the app of that name through the sidecar, or a URL of its own without anything of Dapr.</summary>
internal static class FacilitatorFeature
{
    public static void AddFacilitator(this IServiceCollection services)
    {
        services.AddSingleton(provider => Create(
            provider.GetRequiredService<SidecarOptions>(), provider.GetRequiredService<PaymentOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<FacilitatorMetrics>();
        services.AddSingleton<Facilitator>();
    }

    private static FacilitatorClient Create(SidecarOptions sidecar, PaymentOptions options, TimeProvider time)
    {
        var asking = new FacilitatorClientOptions
        {
            VerifyTimeout = TimeSpan.FromSeconds(options.VerifyTimeoutSeconds),
            SettleTimeout = TimeSpan.FromSeconds(options.SettleTimeoutSeconds),
            OmitsLengthOfOrders = options.FacilitatorUrl is null,
        };
        return new FacilitatorClient(options.FacilitatorUrl is { } url ? FacilitatorClient.CreateHttpClient(url) : CreateInvoker(sidecar, options), asking, time);
    }

    private static HttpClient CreateInvoker(SidecarOptions sidecar, PaymentOptions options)
    {
        var http = sidecar.CreateClient(Timeout.InfiniteTimeSpan);
        http.BaseAddress = new Uri(http.BaseAddress!, $"v1.0/invoke/{options.FacilitatorApp}/method/");
        return http;
    }
}
