using AgentMesh.ActorHost.Budgets;
using AgentMesh.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Policies;

/// <summary>What agents may pay.</summary>
internal static class PoliciesFeature
{
    /// <summary>Adds the configured policy, of the token that <c>AddBudgets</c> reads, and the check at start: settings that make none end the app.</summary>
    internal static void AddPolicies(this IServiceCollection services)
    {
        services.AddCheckedOptions<PolicyOptions>(PolicyOptions.Section);
        services.AddSingleton<IValidateOptions<PolicyOptions>, PolicyOptionsValidator>();
        services.AddSingleton<PolicyRules>();
    }

    private sealed class PolicyOptionsValidator(PaymentAssetOptions asset) : IValidateOptions<PolicyOptions>
    {
        public ValidateOptionsResult Validate(string? name, PolicyOptions options) =>
            DefaultPolicy.Create(options, asset).WhyNot is { } reason ? ValidateOptionsResult.Fail(reason) : ValidateOptionsResult.Success;
    }
}
