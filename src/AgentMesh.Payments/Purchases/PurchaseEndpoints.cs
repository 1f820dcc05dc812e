using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.X402.Exact.Evm;

namespace AgentMesh.Payments.Purchases;

/// <summary>What the gateway calls by service invocation. The payer is known by the payment; that the caller is the gateway, by the app's token.</summary>
internal static class PurchaseEndpoints
{
    private static readonly Refusal NoPayment = new(PaymentRefusals.PaymentNotFound, "There is no such payment.");

    public static void MapPurchases(this WebApplication app)
    {
        var payments = app.MapGroup("/payments").RequireDaprAppToken(app.Services.GetRequiredService<SidecarOptions>());
        payments.MapPost("", BuyAsync);
        payments.MapGet("/{paymentId}", ReadAsync);
        payments.MapGet("/{paymentId}/outcome", ReadOutcomeAsync);
    }

    private static async Task BuyAsync(HttpContext context, Purchasing purchasing)
    {
        var purchase = await ReadPurchaseAsync(context);
        var outcome = purchase is null
            ? new Refusal(PaymentRefusals.InvalidPurchase, "The body is not the JSON of a purchase.")
            : await purchasing.BuyAsync(purchase, context.RequestAborted);
        await AnswerAsync(context, outcome, ContractsJson.Default.PurchaseOutcome);
    }

    private static async Task ReadAsync(HttpContext context, string paymentId, Purchasing purchasing) => await AnswerAsync(
        context, PaymentId.TryParse(paymentId, out var id) ? await purchasing.GetAsync(id.ToString(), context.RequestAborted) : NoPayment, ContractsJson.Default.PaymentInfo);

    private static async Task ReadOutcomeAsync(HttpContext context, string paymentId, Purchasing purchasing) => await AnswerAsync(
        context,
        PaymentId.TryParse(paymentId, out var id) ? await purchasing.GetOutcomeAsync(id.ToString(), context.RequestAborted) : NoPayment,
        ContractsJson.Default.PurchaseOutcome);

    private static async Task<Purchase?> ReadPurchaseAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFromJsonAsync(ContractsJson.Default.Purchase, context.RequestAborted);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Task AnswerAsync<T>(HttpContext context, Result<T> answer, JsonTypeInfo<T> type)
        where T : class
    {
        if (answer.IsRefused)
            return Problem.WriteAsync(context, answer.Refusal);
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(answer.Value, type, cancellationToken: context.RequestAborted);
    }
}
