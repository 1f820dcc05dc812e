using AgentMesh.Evm;
using AgentMesh.Facilitator.Faults;
using AgentMesh.Facilitator.Hosting;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Wire;

namespace AgentMesh.Facilitator.Settlement;

/// <summary>The three endpoints of specification 7. A no is 200 like a yes, also to what is no payment at all.</summary>
internal static class SettlementEndpoints
{
    /// <summary>What sends the simulated transactions: an address that nobody has the key of.</summary>
    public static EvmAddress Signer { get; } = new(Keccak256.CalculateHash("agentmesh simulated facilitator"u8).ToArray().AsSpan(Bytes32.Length - EvmAddress.Length));

    public static IServiceCollection AddSettlement(this IServiceCollection services) => services.AddSingleton<PaymentJudge>();

    public static void MapSettlement(this WebApplication app)
    {
        var sidecar = app.Services.GetRequiredService<SidecarOptions>();
        app.MapPost("/verify", VerifyAsync).RequireDaprAppToken(sidecar);
        app.MapPost("/settle", SettleAsync).RequireDaprAppToken(sidecar);
        app.MapGet("/supported", SupportedAsync).RequireDaprAppToken(sidecar);
    }

    private static async Task VerifyAsync(HttpContext context)
    {
        if (await JsonBody.ReadAsync(context) is not { } body)
            return;
        await context.RequestServices.GetRequiredService<FaultScript>().RunAsync(FaultCall.Verify, context, async () =>
        {
            var request = FacilitatorJson.ReadVerifyRequest(body);
            var judge = context.RequestServices.GetRequiredService<PaymentJudge>();
            return FacilitatorJson.Write(request.IsRefused
                ? new VerifyResponse(false, request.Refusal.Code, request.Refusal.Detail)
                : await judge.VerifyAsync(request.Value.PaymentPayload, request.Value.PaymentRequirements, context.RequestAborted));
        });
    }

    private static async Task SettleAsync(HttpContext context)
    {
        if (await JsonBody.ReadAsync(context) is not { } body)
            return;
        await context.RequestServices.GetRequiredService<FaultScript>().RunAsync(FaultCall.Settle, context, async () =>
        {
            var request = FacilitatorJson.ReadSettleRequest(body);
            var judge = context.RequestServices.GetRequiredService<PaymentJudge>();
            return FacilitatorJson.Write(request.IsRefused
                ? judge.Failure(null, request.Refusal, null)
                : await judge.SettleAsync(request.Value.PaymentPayload, request.Value.PaymentRequirements, context.RequestAborted));
        });
    }

    private static Task SupportedAsync(HttpContext context)
    {
        var networks = context.RequestServices.GetRequiredService<FacilitatorOptions>().ParsedNetworks;
        var kinds = networks.Select(network => new SupportedKind(X402Version.V2, ExactEvm.Scheme, network.ToString()))
            .Concat(networks.Where(network => network.LegacyName is not null).Select(network => new SupportedKind(X402Version.V1, ExactEvm.Scheme, network.LegacyName!)));
        return JsonBody.WriteAsync(context, FacilitatorJson.Write(
            new SupportedResponse([.. kinds], [], new Dictionary<string, IReadOnlyList<string>> { ["eip155:*"] = [Signer.ToString()] })));
    }
}
