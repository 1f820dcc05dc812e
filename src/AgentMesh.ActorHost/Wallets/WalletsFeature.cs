using AgentMesh.ActorHost.Secrets;
using AgentMesh.ServiceDefaults;
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
        services.AddSingleton<AgentWallets>();
        services.AddHostedService<WalletKeysCheck>();
    }

    private sealed class WalletOptionsValidator : IValidateOptions<WalletOptions>
    {
        public ValidateOptionsResult Validate(string? name, WalletOptions options) =>
            options.WhyNot is { } reason ? ValidateOptionsResult.Fail(reason) : ValidateOptionsResult.Success;
    }
}

/// <summary>Reads the master keys when the app has started. Without any the app ends; a store that is not reached is asked again.</summary>
internal sealed partial class WalletKeysCheck(
    AgentWallets wallets, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WalletKeysCheck> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (wallets.AreMade)
        {
            try
            {
                LogKey((await wallets.GetMastersAsync(stoppingToken)).CurrentId);
                return;
            }
            catch (WalletKeysException missing) when (missing.IsFinal)
            {
                LogMissing(missing.Message);
                // 78: EX_CONFIG of sysexits.h.
                Environment.ExitCode = 78;
                lifetime.StopApplication();
                return;
            }
            catch (WalletKeysException unreached)
            {
                LogUnreached(unreached.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    [LoggerMessage(40, LogLevel.Information, "Wallets are encrypted with the master key {KeyId}")]
    private partial void LogKey(string keyId);

    [LoggerMessage(41, LogLevel.Critical, "The app ends: {Reason} AgentMesh__Wallets__Provider=none runs it without wallets")]
    private partial void LogMissing(string reason);

    [LoggerMessage(42, LogLevel.Warning, "{Reason} It is asked again")]
    private partial void LogUnreached(string reason);
}
