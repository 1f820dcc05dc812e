using System.Globalization;
using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.X402.AspNetCore;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Wire;
using FluentValidation;

namespace AgentMesh.Gateway.Selling;

/// <summary>
/// <c>POST /agent/{userId}/premium/{name}</c>: a paid tool of the agent, public, because the payment is the credential. Without a payment a 402 with
/// the terms of x402 in both versions; with one the tool's answer and the receipt. The body is the tool's arguments.
/// </summary>
internal static class PremiumEndpoint
{
    /// <summary>Every agent's own: <c>premium/analysis</c> is <c>premium_analysis</c>.</summary>
    private const string Prefix = "premium_";

    private static readonly InlineValidator<Dictionary<string, JsonElement>> Arguments = CreateValidator();
    private static readonly Refusal NotForSale = new(AgentRefusals.NotForSale, "The agent sells nothing of that name.");

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/agent/{userId}/premium/{name}", SellAsync).AllowAnonymous()
        .Describe("Buys the answer of a paid tool; without a payment, says what it costs (x402).", operation => operation
            .Header(PaymentHeaderNames.PaymentSignature, "The payment, x402 version 2 or 1.", Schema.Text())
            .Header(PaymentHeaderNames.XPayment, "The payment, x402 version 1 or 2.", Schema.Text())
            .Takes<Dictionary<string, JsonElement>>(body => body.Is(Schema.AnyObject()))
            .Answers(StatusCodes.Status200OK, "application/json", Schema.AnyObject())
            .Answers(StatusCodes.Status402PaymentRequired, "application/json", Schema.AnyObject())
            .Refuses(AgentRefusals.NotForSale, AgentRefusals.InvalidToolCall, QuotaRefusals.TenantStorageFull)
            .Refuses(PaymentRefusals.PaymentQuarantined, PaymentRefusals.InvalidPurchase, PaymentRefusals.InvalidPaymentIdentifier, PaymentRefusals.PaymentIdentifierReused)
            .Refuses(PaymentRefusals.PaymentSuperseded, PaymentRefusals.PaymentReused, PaymentRefusals.FacilitatorUnavailable, PaymentRefusals.PaymentUnknown)
            .Refuses(PaymentRefusals.PaymentPending, PaymentRefusals.ExecutionTimedOut, PaymentRefusals.PaymentNotSettled));

    // What they must be the tool says. They are written again for its agent, and for the payment.
    private static InlineValidator<Dictionary<string, JsonElement>> CreateValidator()
    {
        var validator = new InlineValidator<Dictionary<string, JsonElement>>();
        validator.RuleFor(arguments => arguments)
            .Must(arguments => arguments.Values.All(JsonText.HasTextsOnly))
            .OverridePropertyName("arguments")
            .WithErrorCode(EdgeRefusals.InvalidRequest)
            .WithMessage("A text of the arguments is not valid Unicode.");
        return validator;
    }

    private static async Task SellAsync(HttpContext context)
    {
        if (!await JsonRequest.IsDeclaredAsync(context)
            || await JsonRequest.ReadAsync(context, RequestJson.Requests.DictionaryStringJsonElement, Arguments) is not { } arguments)
        {
            return;
        }

        var agent = AgentPath.KeyOf(context);
        var sales = await AgentCalls.Of(context).GetSalesAsync(agent, context.RequestAborted);
        if (sales.IsRefused)
        {
            await Problem.WriteAsync(context, sales.Refusal);
            return;
        }

        var name = (string)context.Request.RouteValues["name"]!;
        if (sales.Value.PayTo is not { } payTo || (Find(Prefix + name) ?? Find(name)) is not { } tool)
        {
            await Problem.WriteAsync(context, NotForSale);
            return;
        }

        var options = context.RequestServices.GetRequiredService<SellingOptions>();
        // Not of the Host header, which is the client's: payments are compared with it, at every replica.
        var resource = new ResourceInfo($"{options.PublicUrl.TrimEnd('/')}{AgentPath.Of(agent)}/premium/{name}", tool.Description, "application/json");
        var offer = new PaidToolOffer(agent, payTo, tool, resource, options);
        var (signature, xPayment) = (PaymentHttp.Read(context.Request, PaymentHeaderNames.PaymentSignature), PaymentHttp.Read(context.Request, PaymentHeaderNames.XPayment));
        if (signature is null && xPayment is null)
        {
            await PaymentHttp.WriteTermsAsync(context.Response, offer.Terms, X402Reasons.PaymentRequired, context.RequestAborted);
            return;
        }

        var purchase = offer.ToPurchase(arguments, signature, xPayment);
        var outcome = await context.RequestServices.GetRequiredService<PaymentsClient>().BuyAsync(purchase, context.RequestAborted);
        if (outcome.IsRefused)
            await Problem.WriteAsync(context, outcome.Refusal);
        else
            await AnswerAsync(context, offer.Terms, tool, outcome.Value);

        PaidTool? Find(string wanted) => sales.Value.Tools.FirstOrDefault(one => one.Name == wanted);
    }

    private static async Task AnswerAsync(HttpContext context, PaymentOffer offer, PaidTool tool, PurchaseOutcome outcome)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        if (outcome is { PaymentResponse: { } receipt, PaymentResponseHeader: { } header })
            headers[header] = receipt;
        switch (outcome.State)
        {
            case PaymentStates.Settled:
                var answer = new Dictionary<string, string?> { [tool.Name.StartsWith(Prefix, StringComparison.Ordinal) ? tool.Name[Prefix.Length..] : "result"] = outcome.Answer };
                await JsonAnswer.WriteAsync(context, answer, GatewayJson.Answers.DictionaryStringString);
                break;
            case PaymentStates.Failed when outcome.RetryAfterSeconds is null:
                // Nothing was charged: the same may be asked for anew, with another payment.
                await PaymentHttp.WriteTermsAsync(context.Response, offer, outcome.Reason ?? X402Reasons.PaymentRequired, context.RequestAborted);
                break;
            default:
                // Never the terms: whoever signed again might pay twice.
                headers.RetryAfter = (outcome.RetryAfterSeconds ?? 10).ToString(CultureInfo.InvariantCulture);
                await Problem.WriteAsync(context, PaidToolOffer.NotOver(outcome));
                break;
        }
    }
}
