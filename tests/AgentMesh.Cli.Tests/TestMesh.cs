using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Cli.Tests;

/// <summary>What happens to a paid request.</summary>
internal enum Fault
{
    /// <summary>It is settled and answered.</summary>
    None,

    /// <summary>The payment is settled, and the answer lost.</summary>
    LoseAnswer,

    /// <summary>503 <c>payment_unknown</c>, to be asked again at once.</summary>
    UnknownNow,

    /// <summary>503 <c>payment_unknown</c>, to be asked again in ten seconds.</summary>
    UnknownForTenSeconds,

    /// <summary>402 again: not settled.</summary>
    Refuse,

    /// <summary>No answer, for as long as the client waits.</summary>
    Hang,
}

/// <summary>
/// A gateway with a shop, and a facilitator with faucet and chain, on one port: 0.10 USDC for an analysis, payments really checked, each settled once
/// and answered the same again.
/// </summary>
internal sealed class TestMesh : IAsyncDisposable
{
    public const string Path = "/agent/alice/premium/analysis";

    private static readonly TokenAsset Usdc = KnownAssets.UsdcOnBaseSepolia;
    private static readonly EvmAddress Seller = EvmAddress.Parse("0x1343558b1e48Ee16260e386DBEE4693902DB77c4");

    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<EvmAddress, BigInteger> _balances = new();
    private readonly ConcurrentDictionary<PaymentId, string> _settled = new();
    private readonly HashSet<string> _gifts = [];

    private TestMesh(WebApplication app, TimeProvider time) => (_app, _time) = (app, time);

    public Uri Url => new(_app.Urls.Single());

    /// <summary>Payment headers as they came, in order.</summary>
    public ConcurrentQueue<string> Payments { get; } = new();

    /// <summary>Bodies of requests to the shop.</summary>
    public ConcurrentQueue<string> Bodies { get; } = new();

    /// <summary>What the next paid requests run into.</summary>
    public ConcurrentQueue<Fault> Faults { get; } = new();

    /// <summary>Ends when a paid request hangs.</summary>
    public TaskCompletionSource Hanging { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Settlements => _settled.Count;

    public int Gifts => _gifts.Count;

    /// <summary>Orders that the faucet got, each try counted.</summary>
    public int FaucetCalls { get; private set; }

    public int PriceCents { get; set; } = 10;

    /// <summary>Says the terms in the body only.</summary>
    public bool IsVersion1 { get; set; }

    /// <summary>The status of the faucet's answers; null: it gives.</summary>
    public int? FaucetStatus { get; set; }

    /// <summary>The faucet gives, and the first answer is lost.</summary>
    public bool LosesFirstGift { get; set; }

    /// <summary>Null: alice has no wallet yet.</summary>
    public string? AliceWallet { get; set; } = Seller.ToString();

    public BigInteger BalanceOf(EvmAddress owner) => _balances.GetValueOrDefault(owner);

    public static async Task<TestMesh> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var mesh = new TestMesh(app, time);
        app.MapPost(Path, mesh.SellAsync);
        app.MapGet("/free", () => "nothing to pay \u001b[2J\u202e");
        app.MapGet("/away", () => Results.Redirect("https://elsewhere.example/"));
        app.MapGet("/broken", () => Results.StatusCode(500));
        app.MapGet("/agent/{user}/info", (string user) => Results.Json(new { userId = user, walletAddress = user == "alice" ? mesh.AliceWallet : null }));
        app.MapPost("/agent/bob/premium/analysis", () => Results.Json(new { type = "urn:agentmesh:problem:not_for_sale", detail = "Nothing." }, statusCode: 404));
        app.MapPost("/faucet", mesh.GiveAsync);
        app.MapPost("/rpc/84532", mesh.CallAsync);
        await app.StartAsync();
        return mesh;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private PaymentOffer Offer => new(
        new ResourceInfo("http://localhost" + Path, "Analysis", "application/json"),
        [PaymentOption.FromUsd(Usdc, string.Create(CultureInfo.InvariantCulture, $"{PriceCents / 100}.{PriceCents % 100:00}"), Seller)]);

    private async Task SellAsync(HttpContext context)
    {
        using (var reader = new StreamReader(context.Request.Body))
            Bodies.Enqueue(await reader.ReadToEndAsync());
        var (v2, v1) = (context.Request.Headers[PaymentHeaderNames.PaymentSignature], context.Request.Headers[PaymentHeaderNames.XPayment]);
        var payment = PaymentHeaders.ReadPayment(v2, v1);
        if (payment.IsRefused)
        {
            await AskAsync(context, X402Reasons.PaymentRequired);
            return;
        }

        Payments.Enqueue((string?)v2 ?? v1!);
        var match = Offer.Match(payment.Value);
        Assert.False(match.IsRefused);
        var decoded = ExactEvmPayment.Decode(payment.Value, match.Value).Value!;
        switch (Faults.TryDequeue(out var fault) ? fault : Fault.None)
        {
            case Fault.Refuse:
                await AskAsync(context, "settlement_failed");
                break;
            case Fault.UnknownNow:
                await RefuseAsync(context, retryAfterSeconds: 0);
                break;
            case Fault.UnknownForTenSeconds:
                await RefuseAsync(context, retryAfterSeconds: 10);
                break;
            case Fault.Hang:
                Hanging.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            default:
                await SettleAsync(context, payment.Value, match.Value, decoded, losesAnswer: fault == Fault.LoseAnswer);
                break;
        }
    }

    private async Task SettleAsync(HttpContext context, PaymentPayload payload, PaymentRequirements asked, ExactEvmPayment payment, bool losesAnswer)
    {
        if (!_settled.TryGetValue(payment.Id, out var transaction))
        {
            if (ExactEvmVerifier.Verify(payload, asked, _time.GetUtcNow()).Response.InvalidReason is { } reason)
            {
                await AskAsync(context, reason);
                return;
            }

            if (BalanceOf(payment.Authorization.From) < payment.Authorization.Value.Value)
            {
                await AskAsync(context, X402Reasons.InsufficientFunds);
                return;
            }

            _balances.AddOrUpdate(payment.Authorization.From, 0, (_, has) => has - payment.Authorization.Value.Value);
            transaction = _settled.GetOrAdd(payment.Id, id => $"0x{id}");
        }

        if (losesAnswer)
        {
            context.Abort();
            return;
        }

        var receipt = new SettleResponse(true, transaction, payload.PaidNetwork, Payer: payment.Authorization.From.ToString());
        context.Response.Headers[PaymentHeaders.ResponseNameOf(payload.X402Version)] = PaymentHeaders.Write(receipt);
        await context.Response.WriteAsJsonAsync(new { analysis = $"of {payment.Id}" });
    }

    private async Task AskAsync(HttpContext context, string reason)
    {
        var answer = Offer.ToAnswer(reason);
        context.Response.StatusCode = StatusCodes.Status402PaymentRequired;
        if (!IsVersion1)
            context.Response.Headers[PaymentHeaderNames.PaymentRequired] = answer.Header;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(answer.Body);
    }

    private static Task RefuseAsync(HttpContext context, int retryAfterSeconds)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return context.Response.WriteAsJsonAsync(new { type = "urn:agentmesh:problem:payment_unknown", detail = "Whether it was settled is not known yet." });
    }

    private async Task GiveAsync(HttpContext context)
    {
        FaucetCalls++;
        if (FaucetStatus is { } status)
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsJsonAsync(new { detail = "amount is not 1 to 100000000 atomic units in decimal digits." });
            return;
        }

        var order = await context.Request.ReadFromJsonAsync<JsonElement>();
        var (owner, amount) = (EvmAddress.Parse(order.GetProperty("address").GetString()!), UInt256.Parse(order.GetProperty("amount").GetString()!));
        if (_gifts.Add(context.Request.Headers["Idempotency-Key"].Single()!))
            _balances.AddOrUpdate(owner, amount.Value, (_, has) => has + amount.Value);
        if (LosesFirstGift && FaucetCalls == 1)
        {
            context.Abort();
            return;
        }

        await context.Response.WriteAsJsonAsync(new
        {
            address = owner.ToString(),
            network = "eip155:84532",
            asset = Usdc.Address.ToString(),
            amount = amount.ToString(),
            transaction = "0x" + new string('9', 64),
            balance = new UInt256(BalanceOf(owner)).ToString(),
        });
    }

    /// <summary>As much of a node as is asked: balances, and used nonces.</summary>
    private async Task CallAsync(HttpContext context)
    {
        var request = await context.Request.ReadFromJsonAsync<JsonElement>();
        Hex.TryDecode(request.GetProperty("params")[0].GetProperty("data").GetString(), out var call);
        var arguments = call.AsMemory(AbiEncoder.SelectorLength);
        Assert.True(new AbiReader(arguments.Span).TryReadAddress(0, out var owner));
        var isBalance = call.AsSpan().SequenceEqual(Erc20.BalanceOf(owner));
        var result = isBalance ? new AbiEncoder().Add(new UInt256(BalanceOf(owner))) : new AbiEncoder().Add(IsUsed(owner, arguments.Span));
        await context.Response.WriteAsJsonAsync(new { jsonrpc = "2.0", id = request.GetProperty("id"), result = Hex.Encode(result.ToArray()) });
    }

    private bool IsUsed(EvmAddress owner, ReadOnlySpan<byte> arguments) =>
        new AbiReader(arguments).TryReadBytes32(1, out var nonce) && _settled.ContainsKey(PaymentId.Of(Usdc.Network, Usdc.Address, owner, nonce));
}
