using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.ServiceDefaults.Outgoing;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;

namespace AgentMesh.Gateway.Buying;

/// <summary>
/// <c>POST /agent/{userId}/pay</c>: the agent calls a URL, and pays when it is asked to. Answers when there is an answer that is durable; who does not
/// wait for it finds it by its <c>Idempotency-Key</c>.
/// </summary>
internal static class PayEndpoint
{
    public static IServiceCollection AddBuying(this IServiceCollection services)
    {
        services.AddOutgoingRules();
        services.AddSingleton<PurchaseWaits>();
        return services.AddSingleton<IValidator<PayRequest>, PayRequestValidator>();
    }

    public static IEndpointRouteBuilder MapBuying(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/agent/{userId}/pay", AnswerAsync)
            .Describe("Has the agent call a URL, and pay when it is asked to.", operation => operation
                .TakesIdempotencyKey()
                .Takes<PayRequest>(PayRequestValidator.Describe)
                .Answers<PayResponse>()
                .Refuses(PurchaseCodes.TooManyPurchases, PurchaseCodes.UrlNotAllowed, PurchaseCodes.UrlUnreachable, PurchaseCodes.UrlTimedOut, PurchaseCodes.UrlAnswerUnusable)
                .Refuses(PurchaseCodes.PaymentNotPossible, PurchaseCodes.PaymentNotSigned, PurchaseCodes.PaidWithoutAnswer, PurchaseCodes.PurchasePending)
                .Refuses(PurchaseCodes.PurchaseAnswerGone, PurchaseCodes.PurchaseFailed, PurchaseCodes.PurchaseNotFound)
                .Refuses(PaymentRefusals.InvalidPurchase, PaymentRefusals.PaymentUnknown, PaymentRefusals.PaymentNotSettled)
                .Refuses(PolicyRefusals.PolicyDenied, PolicyRefusals.ApprovalRequired, PolicyRefusals.TooManyApprovals)
                .Refuses(AgentRefusals.WalletNotFound, AgentRefusals.WalletUnavailable, AgentRefusals.WalletKeyMissing, AgentRefusals.WalletDamaged, AgentRefusals.WalletSigningFailed)
                .Spends());
        return endpoints;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var agent = AgentPath.KeyOf(context);
        if (!await JsonRequest.IsDeclaredAsync(context))
            return;
        if (!IdempotencyKey.TryRead(context.Request, out var key))
        {
            await Problem.WriteAsync(context, IdempotencyKey.Invalid);
            return;
        }

        var services = context.RequestServices;
        var validator = services.GetRequiredService<IValidator<PayRequest>>();
        if (await JsonRequest.ReadAsync(context, RequestJson.Requests.PayRequest, validator) is not { } request)
            return;
        var purchase = await services.GetRequiredService<PurchaseWaits>().BuyAsync(agent, request.ToOrder(RequestId.New(), key), PurchaseWaits.Longest, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        if (purchase.IsRefused)
            await Problem.WriteAsync(context, purchase.Refusal);
        else if (purchase.Value is { IsPending: false, Status: not null })
            await JsonAnswer.StreamAsync(context, PayResponse.Of(purchase.Value), GatewayJson.Answers.PayResponse);
        else
            await Problem.WriteAsync(context, new PurchaseRefusal(purchase.Value));
    }
}
