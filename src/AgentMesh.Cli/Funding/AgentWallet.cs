using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Evm;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Funding;

/// <summary>Finds an agent's wallet at its gateway.</summary>
internal static class AgentWallet
{
    /// <summary>The wallet's address.</summary>
    /// <exception cref="CliException">The gateway does not say, or the agent has none.</exception>
    public static async Task<EvmAddress> FindAsync(GatewayPlace place, UserId user, CliParts parts, CancellationToken cancellationToken)
    {
        using var client = new GatewayClient(place, parts);
        var body = await client.AskAsync(new GatewayRequest(HttpMethod.Get, "info", user), cancellationToken);
        return TryRead(body, out var address)
            ? address
            : throw new CliException(
                $"{user}'s agent has no wallet yet: it is made with the first message. Send one: {FirstMessage.CommandFor(place.Gateway, user)}", ExitCodes.Refused);
    }

    private static bool TryRead(byte[] body, out EvmAddress address)
    {
        address = default;
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("walletAddress", out var wallet) && wallet.ValueKind == JsonValueKind.String && EvmAddress.TryParse(wallet.GetString(), out address);
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException)
        {
            throw GatewayClient.NotGateway();
        }
    }
}
