using AgentMesh.X402.AspNetCore.Claims;
using AgentMesh.X402.AspNetCore.Paying;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AgentMesh.X402.AspNetCore;

/// <summary>What paid endpoints need.</summary>
public static class X402Feature
{
    /// <summary>
    /// Adds what <see cref="PaidEndpoints"/> needs. Claims are kept in memory unless an <see cref="IPaymentClaims"/> is registered before; several
    /// replicas need one that they share.
    /// </summary>
    public static IServiceCollection AddX402(this IServiceCollection services, Action<X402Options> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<X402Options>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<X402Options>, X402OptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<X402Options>>().Value);
        services.TryAddSingleton<IPaymentClaims>(provider =>
        {
            var options = provider.GetRequiredService<X402Options>();
            return new InMemoryPaymentClaims(options.MaxClaims, options.MaxStoredAnswerBytes, provider.GetRequiredService<TimeProvider>());
        });
        services.TryAddSingleton(provider => CreateFacilitator(provider.GetRequiredService<X402Options>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new ChainLook(provider.GetRequiredService<X402Options>().RpcUrl, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<PaymentWatch>();
        services.TryAddSingleton<ClaimProgress>();
        services.TryAddSingleton<UnknownPayments>();
        services.TryAddSingleton<PaidWork>();
        services.TryAddSingleton<PaymentGate>();
        return services;
    }

    private static FacilitatorClient CreateFacilitator(X402Options options, TimeProvider time)
    {
        var asking = new FacilitatorClientOptions
        {
            VerifyTimeout = TimeSpan.FromSeconds(options.VerifyTimeoutSeconds),
            SettleTimeout = TimeSpan.FromSeconds(options.SettleTimeoutSeconds),
        };
        return new FacilitatorClient(FacilitatorClient.CreateHttpClient(options.FacilitatorUrl!, options.FacilitatorHandler), asking, time);
    }
}
