using System.Globalization;
using AgentMesh.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Outgoing;

/// <summary>Calls to addresses that somebody else names.</summary>
internal static class OutgoingFeature
{
    /// <summary>Of the launcher, or of the run file: where the mesh's gateways listen on this machine, with commas between.</summary>
    internal const string GatewayPorts = "AGENTMESH_GATEWAY_PORTS";

    /// <summary>Adds the client, and the check of its settings at start.</summary>
    internal static void AddOutgoing(this IServiceCollection services)
    {
        services.AddCheckedOptions<OutgoingOptions>(OutgoingOptions.Section);
        services.AddSingleton<IValidateOptions<OutgoingOptions>, OutgoingOptionsValidator>();
        services.AddSingleton<IHostResolver, SystemResolver>();
        services.AddSingleton(provider =>
        {
            OutgoingAllowList.TryParse(
                provider.GetRequiredService<OutgoingOptions>().Allow,
                PortsOf(provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<IHostEnvironment>()), out var list, out _);
            return list;
        });
        services.AddSingleton<GuardedConnector>();
        services.AddSingleton<OutgoingClient>();
    }

    // In Development only: elsewhere what is on this machine is nobody's to call.
    private static IEnumerable<int> PortsOf(IConfiguration configuration, IHostEnvironment environment) => environment.IsDevelopment()
        ? (configuration[GatewayPorts] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(port => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).Where(port => port > 0)
        : [];

    private sealed class OutgoingOptionsValidator : IValidateOptions<OutgoingOptions>
    {
        public ValidateOptionsResult Validate(string? name, OutgoingOptions options) => OutgoingAllowList.TryParse(options.Allow, [], out _, out var wrong)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"AgentMesh__Outgoing__Allow has an entry that is neither HOST:PORT nor an address range such as 10.1.0.0/16: {wrong}");
    }
}
