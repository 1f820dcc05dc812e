using System.Net;
using System.Text;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Payments.Tests.Fakes;

/// <summary>A facilitator on a real port: judges payments as ours do, moves money on a <see cref="FakeChain"/>, and counts what it was told.</summary>
internal sealed class FakeFacilitator : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly TimeProvider _time;
    // Never disposed: it has no timer, and a call may still look at it.
    private readonly CancellationTokenSource _over = new();
    private int _verifies;
    private int _settles;

    private FakeFacilitator(WebApplication web, TimeProvider time)
    {
        _web = web;
        _time = time;
        Chain = new FakeChain();
    }

    public FakeChain Chain { get; }

    /// <summary>Questions that came.</summary>
    public int Verifies => _verifies;

    /// <summary>Orders that came.</summary>
    public int Settles => _settles;

    /// <summary>What happens to a question.</summary>
    public Fault OnVerify { get; set; }

    /// <summary>What happens to an order.</summary>
    public Fault OnSettle { get; set; }

    /// <summary>What it says in place of its own answer to an order, by what it would have said.</summary>
    public Func<SettleResponse, SettleResponse>? SaysOfSettle { get; set; }

    /// <summary>What it says in place of its own answer to a question.</summary>
    public Func<VerifyResponse, VerifyResponse>? SaysOfVerify { get; set; }

    /// <summary>Called before an order is looked at.</summary>
    public Action? BeforeSettle { get; set; }

    public HttpClient Http { get; private set; } = null!;

    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<FakeFacilitator> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var web = builder.Build();
        var facilitator = new FakeFacilitator(web, time);
        web.MapPost("/verify", facilitator.VerifyAsync);
        web.MapPost("/settle", facilitator.SettleAsync);
        web.MapPost("/rpc", facilitator.Chain.AnswerAsync);
        await web.StartAsync();
        facilitator.Http = new HttpClient { BaseAddress = facilitator.Address };
        return facilitator;
    }

    public async ValueTask DisposeAsync()
    {
        // A test may have ended it already.
        if (_over.IsCancellationRequested)
            return;
        await _over.CancelAsync();
        Http.Dispose();
        await _web.DisposeAsync();
    }

    private async Task VerifyAsync(HttpContext context)
    {
        Interlocked.Increment(ref _verifies);
        Assert.False(context.Request.Headers.ContainsKey("dapr-api-token"));
        var request = FacilitatorJson.ReadVerifyRequest(await BodyOfAsync(context)).Value!;
        await Faulty.AnswerAsync(
            context,
            OnVerify,
            async () =>
            {
                var response = Judge(request.PaymentPayload, request.PaymentRequirements).Response;
                await WriteAsync(context, FacilitatorJson.Write(SaysOfVerify?.Invoke(response) ?? response));
            },
            _over.Token);
    }

    private async Task SettleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _settles);
        Assert.False(context.Request.Headers.ContainsKey("dapr-api-token"));
        var request = FacilitatorJson.ReadSettleRequest(await BodyOfAsync(context)).Value!;
        BeforeSettle?.Invoke();
        await Faulty.AnswerAsync(
            context,
            OnSettle,
            async () =>
            {
                var response = Settle(request);
                await WriteAsync(context, FacilitatorJson.Write(SaysOfSettle?.Invoke(response) ?? response));
            },
            _over.Token);
    }

    private SettleResponse Settle(SettleRequest request)
    {
        var (verified, payment) = Judge(request.PaymentPayload, request.PaymentRequirements);
        var network = request.PaymentRequirements.Network;
        return verified.IsValid
            ? new SettleResponse(true, Chain.Transfer(payment!).ToString(), network, Payer: verified.Payer)
            : new SettleResponse(false, "", network, verified.InvalidReason, Payer: verified.Payer);
    }

    private (VerifyResponse Response, ExactEvmPayment? Payment) Judge(PaymentPayload payload, PaymentRequirements requirements)
    {
        var verified = ExactEvmVerifier.Verify(payload, requirements, _time.GetUtcNow());
        return verified.Response.IsValid && Chain.IsUsed(verified.Payment!.Authorization.Nonce)
            ? (new VerifyResponse(false, X402Reasons.NonceAlreadyUsed, null, verified.Response.Payer), verified.Payment)
            : (verified.Response, verified.Payment);
    }

    private static async Task<byte[]> BodyOfAsync(HttpContext context) =>
        Encoding.UTF8.GetBytes(await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted));

    private static async Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
