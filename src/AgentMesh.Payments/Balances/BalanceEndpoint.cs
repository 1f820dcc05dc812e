using AgentMesh.Contracts;
using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.X402.Networks;

namespace AgentMesh.Payments.Balances;

/// <summary><c>GET /balances?network=&amp;asset=&amp;owner=</c>: what an account has of a known token. 200 also when nobody knows, with the reason.</summary>
internal static class BalanceEndpoint
{
    private static readonly Refusal Invalid = new(EdgeRefusals.InvalidRequest, "network, asset and owner are a CAIP-2 name, a known token's address, and an address.");

    public static void MapBalances(this WebApplication app) =>
        app.MapGet("/balances", AnswerAsync).RequireDaprAppToken(app.Services.GetRequiredService<SidecarOptions>());

    private static async Task AnswerAsync(HttpContext context, string? network, string? asset, string? owner, BalanceReader balances)
    {
        if (!EvmNetwork.TryParse(network, out var chain) || !EvmAddress.TryParse(asset, out var address) || !EvmAddress.TryParse(owner, out var account)
            || KnownAssets.Find(chain, address) is not { } token)
        {
            await Problem.WriteAsync(context, Invalid);
            return;
        }

        var balance = await balances.ReadAsync(token, account, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(balance, ContractsJson.Default.Balance, cancellationToken: context.RequestAborted);
    }
}
