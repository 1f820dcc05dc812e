using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.Evm.Rpc;
using AgentMesh.Payments.Chain;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;

namespace AgentMesh.Payments.Authorizations;

/// <summary><c>POST /authorizations/look</c>: what has become of a payment that an agent has sent to whomever, as the chain says it. 200 also when it does not.</summary>
internal static class LookEndpoint
{
    private static readonly Refusal Invalid = new(EdgeRefusals.InvalidRequest, "The body is not the JSON of an authorization.");

    public static void MapAuthorizations(this WebApplication app) =>
        app.MapPost("/authorizations/look", AnswerAsync).RequireDaprAppToken(app.Services.GetRequiredService<SidecarOptions>());

    private static async Task AnswerAsync(HttpContext context, ChainNode node, ChainLook look)
    {
        if (await ReadAsync(context) is not ({ } transfer, var transaction))
        {
            await Problem.WriteAsync(context, Invalid);
            return;
        }

        var outcome = await LookAsync(node, look, transfer, transaction, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(outcome, ContractsJson.Default.AuthorizationOutcome, cancellationToken: context.RequestAborted);
    }

    private static async Task<AuthorizationOutcome> LookAsync(
        ChainNode node, ChainLook look, AuthorizedTransfer transfer, string? transaction, CancellationToken cancellationToken)
    {
        try
        {
            if (node.Connect(new EvmRpcOptions()) is not { } chain || await chain.GetChainIdAsync(cancellationToken) != transfer.Network.ChainId)
                return Unknown("No node of that chain is configured.", canBeKnown: false);
            var verdict = await look.LookAsync(transfer, transaction, cancellationToken);
            return verdict.Outcome switch
            {
                SettleOutcome.Settled => new AuthorizationOutcome(PaymentStates.Settled, CanBeKnown: true, verdict.Transaction),
                SettleOutcome.Failed => new AuthorizationOutcome(PaymentStates.Failed, CanBeKnown: true, null, verdict.Code, verdict.Detail),
                _ => Unknown(verdict.Detail ?? "The chain does not say.", canBeKnown: true),
            };
        }
        catch (Exception fault) when (fault is EvmRpcException or InvalidDataException)
        {
            return Unknown("The node of the chain does not say.", canBeKnown: true);
        }
    }

    private static AuthorizationOutcome Unknown(string detail, bool canBeKnown) =>
        new(PaymentStates.Unknown, canBeKnown, null, PaymentRefusals.PaymentUnknown, detail);

    private static async Task<(AuthorizedTransfer Transfer, string? Transaction)?> ReadAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFromJsonAsync(ContractsJson.Default.AuthorizationLook, context.RequestAborted) is { } asked
                && EvmNetwork.TryParse(asked.Network, out var network) && EvmAddress.TryParse(asked.Token, out var token) && EvmAddress.TryParse(asked.From, out var from)
                && EvmAddress.TryParse(asked.To, out var to) && UInt256.TryParse(asked.Amount, out var amount) && Bytes32.TryParse(asked.Nonce, out var nonce)
                ? (new AuthorizedTransfer(network, token, from, to, amount, nonce, asked.ValidBefore), asked.Transaction)
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
