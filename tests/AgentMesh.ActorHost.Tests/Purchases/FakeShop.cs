using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>A seller on a real port. It asks for 0.10 USDC, takes every payment as good, and does otherwise what a test says.</summary>
internal sealed class FakeShop : IAsyncDisposable
{
    public const string Payee = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    public const string Usdc = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";
    public static readonly string Transaction = "0x" + new string('7', 64);

    private readonly WebApplication _app;

    private FakeShop(WebApplication app) => _app = app;

    public string Place => $"127.0.0.1:{Port}";

    public int Port => new Uri(_app.Urls.Single()).Port;

    public string Url => $"http://{Place}/analysis";

    /// <summary>How often it was called without a payment.</summary>
    public int Asked { get; private set; }

    /// <summary>The payments that came, as they were written.</summary>
    public ConcurrentQueue<string> Payments { get; } = new();

    /// <summary>What it asks for.</summary>
    public (string Amount, string Asset, string Payee) Terms { get; set; } = ("100000", Usdc, Payee);

    /// <summary>Before a payment is answered; true: it has been.</summary>
    public Func<HttpContext, int, Task<bool>>? OnPayment { get; set; }

    public static async Task<FakeShop> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var shop = new FakeShop(app);
        app.Run(shop.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return shop;
    }

    public Task AskAsync(HttpContext context)
    {
        context.Response.StatusCode = 402;
        var (amount, asset, payee) = Terms;
        context.Response.Headers["PAYMENT-REQUIRED"] = Encode(
            $$$"""{"x402Version":2,"resource":{"url":"{{{Url}}}"},"accepts":[{"scheme":"exact","network":"eip155:84532","amount":"{{{amount}}}","asset":"{{{asset}}}","payTo":"{{{payee}}}","maxTimeoutSeconds":300,"extra":{"name":"USDC","version":"2"}}]}""");
        return context.Response.WriteAsync("{}");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/free")
        {
            await context.Response.WriteAsync("free");
            return;
        }

        if (context.Request.Headers["PAYMENT-SIGNATURE"] is not [{ } payment])
        {
            Asked++;
            await AskAsync(context);
            return;
        }

        Payments.Enqueue(payment);
        if (OnPayment is { } act && await act(context, Payments.Count))
            return;
        context.Response.Headers["PAYMENT-RESPONSE"] = Encode($$"""{"success":true,"transaction":"{{Transaction}}","network":"eip155:84532"}""");
        await context.Response.WriteAsync("worth it");
    }

    private static string Encode(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
}
