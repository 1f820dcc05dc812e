using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.EndToEnd.Caps;

/// <summary>
/// A seller outside of the mesh, which nothing kills. It settles what it is paid with the mesh's facilitator, and remembers every authorization that it
/// was given: that much of the buyers' money it could have, whatever was said to them.
/// </summary>
internal sealed class CapShop : IAsyncDisposable
{
    /// <summary>What one of its goods costs: 12 USDC.</summary>
    public const long Price = 12_000_000;

    private static readonly EvmAddress Payee = EvmAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<SignedPayment, bool> _signed = new();
    private readonly SemaphoreSlim _news = new(0);

    private CapShop(WebApplication app) => _app = app;

    /// <summary>The facilitator as it can be reached now; null: it is away.</summary>
    public FacilitatorClient? Facilitator { get; set; }

    /// <summary><c>HOST:PORT</c>.</summary>
    public string Place => new Uri(_app.Urls.Single()).Authority;

    public string Url => $"http://{Place}/goods";

    /// <summary>What it takes, its favorite first.</summary>
    public IReadOnlyList<PaymentRequirementsV2> Offers { get; set; } = [Offer(KnownAssets.UsdcOnBaseSepolia)];

    /// <summary>The authorizations it was given, each once.</summary>
    public IReadOnlyCollection<SignedPayment> Signed => [.. _signed.Keys];

    public static async Task<CapShop> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var shop = new CapShop(builder.Build());
        shop._app.Run(shop.AnswerAsync);
        await shop._app.StartAsync(TestContext.Current.CancellationToken);
        return shop;
    }

    /// <summary>One of its goods, for a token.</summary>
    public static PaymentRequirementsV2 Offer(TokenAsset asset) => new(
        "exact", asset.Network.ToString(), $"{Price}", asset.Address.ToString(), Payee.ToString(), 300,
        JsonSerializer.SerializeToElement(new { name = asset.Name, version = asset.Version }));

    /// <summary>Waits until it was given so many authorizations.</summary>
    public async Task WaitForSignedAsync(int count, CancellationToken cancellationToken)
    {
        while (_signed.Count < count)
            await _news.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _news.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Headers[PaymentHeaderNames.PaymentSignature] is not [{ } header])
        {
            context.Response.StatusCode = (int)HttpStatusCode.PaymentRequired;
            context.Response.Headers[PaymentHeaderNames.PaymentRequired] = PaymentRequiredAnswer.Create(new PaymentRequiredV2(new ResourceInfo(Url), Offers), null).Header;
            return;
        }

        var payment = (PaymentPayloadV2)PaymentHeaders.ReadPayment(header, null).Value!;
        Keep(payment);
        if (await SettleAsync(payment) is { } receipt)
        {
            context.Response.Headers[PaymentHeaderNames.PaymentResponse] = PaymentHeaders.Write(receipt);
            await context.Response.WriteAsync("worth it", context.RequestAborted);
        }
        else
        {
            context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
        }
    }

    private void Keep(PaymentPayloadV2 payment)
    {
        var authorization = payment.Payload.GetProperty("authorization");
        _signed[new SignedPayment(TextOf("from"), payment.Accepted.Asset, TextOf("nonce"), long.Parse(TextOf("value"), CultureInfo.InvariantCulture))] = true;
        _news.Release();

        string TextOf(string member) => authorization.GetProperty(member).GetString()!;
    }

    /// <returns>Null: the facilitator is away, and the buyer has to come again.</returns>
    private async Task<SettleResponse?> SettleAsync(PaymentPayloadV2 payment)
    {
        try
        {
            return Facilitator is { } facilitator ? await facilitator.SettleAsync(FacilitatorJson.Write(new SettleRequest(2, payment, payment.Accepted))) : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>What an authorization is good for.</summary>
    /// <param name="Payer">Whose money.</param>
    /// <param name="Asset">The token's contract.</param>
    /// <param name="Nonce">It is executed once.</param>
    /// <param name="Amount">Atomic units.</param>
    internal sealed record SignedPayment(string Payer, string Asset, string Nonce, long Amount);
}
