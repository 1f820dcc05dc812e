using System.Collections.Concurrent;
using System.Net;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.X402.Tests.Exact.Evm;

/// <summary>A request as the shop got it.</summary>
internal sealed record ShopRequest(string Path, string? PaymentSignature, string? XPayment, string Body);

/// <summary>A seller over real HTTP that asks for 0.10 USDC, checks what comes, and remembers it.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ShopRequest> _requests = new();

    private Shop(WebApplication app) => _app = app;

    /// <summary>The answer to an unpaid request.</summary>
    public Func<HttpContext, Task> AnswerUnpaid { get; set; } = AskAsync;

    /// <summary>The answer to a paid one, once it was found valid.</summary>
    public Func<HttpContext, PaymentPayload, Task> AnswerPaid { get; set; } = ServeAsync;

    public IReadOnlyList<ShopRequest> Requests => [.. _requests];

    public Uri Url => new(_app.Urls.Single() + "/analysis");

    public static async Task<Shop> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var shop = new Shop(app);
        app.Run(shop.HandleAsync);
        await app.StartAsync();
        return shop;
    }

    /// <summary>402 for clients of both versions.</summary>
    public static async Task AskAsync(HttpContext context)
    {
        var answer = TestPayments.Offer.ToAnswer(X402Reasons.PaymentRequired);
        context.Response.StatusCode = StatusCodes.Status402PaymentRequired;
        context.Response.Headers[PaymentHeaderNames.PaymentRequired] = answer.Header;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    /// <summary>402 as a shop of version 1 says it.</summary>
    public static async Task AskV1Async(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status402PaymentRequired;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(TestPayments.Offer.ToAnswer(X402Reasons.PaymentRequired).Body, context.RequestAborted);
    }

    public static Task ServeAsync(HttpContext context, PaymentPayload payload)
    {
        var receipt = new SettleResponse(true, "0x" + new string('1', 64), payload.PaidNetwork, Payer: TestPayments.Buyer.Address.ToString());
        context.Response.Headers[PaymentHeaders.ResponseNameOf(payload.X402Version)] = PaymentHeaders.Write(receipt);
        return context.Response.WriteAsync("served", context.RequestAborted);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = new ShopRequest(
            context.Request.Path, context.Request.Headers[PaymentHeaderNames.PaymentSignature], context.Request.Headers[PaymentHeaderNames.XPayment], await reader.ReadToEndAsync(context.RequestAborted));
        _requests.Enqueue(request);
        var payment = PaymentHeaders.ReadPayment(request.PaymentSignature, request.XPayment);
        if (payment.IsRefused)
        {
            await AnswerUnpaid(context);
            return;
        }

        var match = TestPayments.Offer.Match(payment.Value);
        Assert.False(match.IsRefused);
        Assert.Null(ExactEvmVerifier.Verify(payment.Value, match.Value, TestPayments.Now).Response.InvalidReason);
        await AnswerPaid(context, payment.Value);
    }
}
