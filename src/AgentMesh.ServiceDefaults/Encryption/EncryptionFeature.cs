using AgentMesh.ServiceDefaults.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AgentMesh.ServiceDefaults.Encryption;

/// <summary>Encryption at rest.</summary>
public static class EncryptionFeature
{
    /// <summary>Adds it, and the check at start: settings that cannot work end the app, and so does a store without the master key that is named.</summary>
    /// <param name="services">The service's.</param>
    public static void AddEncryption(this IServiceCollection services)
    {
        services.AddCheckedOptions<EncryptionOptions>(EncryptionOptions.Section);
        services.AddSingleton<IValidateOptions<EncryptionOptions>, EncryptionOptionsValidator>();
        services.TryAddSingleton<SecretReader>();
        services.AddSingleton<EncryptionKeyRing>();
        services.AddSingleton<StateEncryption>();
        services.AddHostedService<EncryptionKeysCheck>();
    }

    private sealed class EncryptionOptionsValidator : IValidateOptions<EncryptionOptions>
    {
        public ValidateOptionsResult Validate(string? name, EncryptionOptions options) =>
            options.WhyNot is { } reason ? ValidateOptionsResult.Fail(reason) : ValidateOptionsResult.Success;
    }
}
