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
    public static void MapPurchases(this WebApplication app)
    {
        var payments = app.MapGroup("/payments").RequireDaprAppToken(app.Services.GetRequiredService<SidecarOptions>());
        payments.MapPost("", BuyAsync);
        payments.MapGet("/{paymentId}", ReadAsync);
    }

    private static async Task BuyAsync(HttpContext context, Purchasing purchasing)
    {
        var purchase = await ReadPurchaseAsync(context);
        var outcome = purchase is null
            ? new Refusal(PaymentRefusals.InvalidPurchase, "The body is not the JSON of a purchase.")
            : await purchasing.BuyAsync(purchase, context.RequestAborted);
        if (outcome.IsRefused)
            await Problem.WriteAsync(context, outcome.Refusal);
        else
            await AnswerAsync(context, outcome.Value, ContractsJson.Default.PurchaseOutcome);
    }

    private static async Task ReadAsync(HttpContext context, string paymentId, Purchasing purchasing)
    {
        var info = PaymentId.TryParse(paymentId, out var id)
            ? await purchasing.GetAsync(id.ToString(), context.RequestAborted)
            : new Refusal(PaymentRefusals.PaymentNotFound, "There is no such payment.");
        if (info.IsRefused)
            await Problem.WriteAsync(context, info.Refusal);
        else
            await AnswerAsync(context, info.Value, ContractsJson.Default.PaymentInfo);
    }

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

    private static Task AnswerAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(answer, type, cancellationToken: context.RequestAborted);
    }
}
