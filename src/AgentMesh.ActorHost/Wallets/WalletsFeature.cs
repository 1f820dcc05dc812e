using AgentMesh.ActorHost.Wallets.Crossmint;
using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Secrets;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>The agents' wallets.</summary>
internal static class WalletsFeature
{
    /// <summary>Adds them, and the check at start: settings that cannot work end the app, and so does a store without a master key.</summary>
    internal static void AddWallets(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddCheckedOptions<WalletOptions>(WalletOptions.Section);
        if (environment.IsDevelopment())
            services.PostConfigure<WalletOptions>(options => options.KeysSecret ??= WalletOptions.DevelopmentKeys);
        services.AddSingleton<IValidateOptions<WalletOptions>, WalletOptionsValidator>();
        services.AddSingleton<SecretReader>();
        services.AddSingleton<WalletKeyRing>();
        services.AddSingleton<AgentWallets>();
        services.AddSingleton<StartingMoney>();
        services.AddSingleton<CrossmintKey>();
        services.AddSingleton<CrossmintTransport>();
        services.AddSingleton<CrossmintClient>();
        services.AddSingleton<WalletActors>();
        services.AddSingleton<WalletErrands>();
        services.AddHostedService(provider => provider.GetRequiredService<WalletErrands>());
        services.AddHostedService<WalletKeysCheck>();
    }

    private sealed class WalletOptionsValidator(IHostEnvironment environment) : IValidateOptions<WalletOptions>
    {
        public ValidateOptionsResult Validate(string? name, WalletOptions options) =>
            options.WhyNotIn(environment.IsDevelopment()) is { } reason ? ValidateOptionsResult.Fail(reason) : ValidateOptionsResult.Success;
    }
}
