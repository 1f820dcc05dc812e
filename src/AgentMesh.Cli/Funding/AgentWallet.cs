using System.Net;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Evm;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Funding;

/// <summary>Finds an agent's wallet at its gateway.</summary>
internal static class AgentWallet
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>The wallet's address.</summary>
    /// <exception cref="CliException">The gateway does not say, or the agent has none.</exception>
    public static async Task<EvmAddress> FindAsync(Uri gateway, UserId user, CancellationToken cancellationToken)
    {
        using var http = LocalHttp.CreateClient(gateway, Timeout);
        var (status, body) = await GetAsync(http, gateway, user, cancellationToken);
        if (status != HttpStatusCode.OK)
            throw new CliException($"the gateway says {(int)status}: {PlainText.Of(Problem.DetailOf(body) ?? "nothing that can be read")}");
        return TryRead(body, out var address)
            ? address
            : throw new CliException(
                $"{user}'s agent has no wallet yet: it is made with the first message. Send one: {FirstMessage.CommandFor(gateway, user)}", ExitCodes.Refused);
    }

    private static async Task<(HttpStatusCode Status, byte[] Body)> GetAsync(HttpClient http, Uri gateway, UserId user, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(MeshPlace.Below(gateway, $"agent/{user}/info"), cancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
        {
            throw new CliException($"the gateway is not reached at {gateway}. Start the mesh, or say where it is: --ready-file FILE, or --gateway URL");
        }
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
            throw new CliException("what answers at the gateway's address is not a gateway");
        }
    }
}
