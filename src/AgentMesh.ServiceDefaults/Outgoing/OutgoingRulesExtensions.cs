using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AgentMesh.ServiceDefaults.Outgoing;

/// <summary>The rules for calls to addresses that somebody else names.</summary>
public static class OutgoingRulesExtensions
{
    /// <summary>Of the launcher, or of the run file: where the mesh's gateways listen on this machine, with commas between.</summary>
    public const string GatewayPorts = "AGENTMESH_GATEWAY_PORTS";

    /// <summary>Adds <see cref="OutgoingRules"/>, and the check of their settings at start.</summary>
    public static IServiceCollection AddOutgoingRules(this IServiceCollection services)
    {
        services.AddCheckedOptions<OutgoingRulesOptions>(OutgoingRulesOptions.Section);
        services.AddSingleton<IValidateOptions<OutgoingRulesOptions>, Validator>();
        services.AddSingleton(provider =>
        {
            OutgoingAllowList.TryParse(
                provider.GetRequiredService<OutgoingRulesOptions>().Allow,
                PortsOf(provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<IHostEnvironment>()), out var list, out _);
            return list;
        });
        return services.AddSingleton<OutgoingRules>();
    }

    // In Development only: elsewhere what is on this machine is nobody's to call.
    private static IEnumerable<int> PortsOf(IConfiguration configuration, IHostEnvironment environment) => environment.IsDevelopment()
        ? (configuration[GatewayPorts] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(port => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).Where(port => port > 0)
        : [];

    private sealed class Validator : IValidateOptions<OutgoingRulesOptions>
    {
        public ValidateOptionsResult Validate(string? name, OutgoingRulesOptions options) => OutgoingAllowList.TryParse(options.Allow, [], out _, out var wrong)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"AgentMesh__Outgoing__Allow has an entry that is neither HOST:PORT nor an address range such as 10.1.0.0/16: {wrong}");
    }
}
