using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.X402.AspNetCore.Tests.Fakes;

/// <summary>An app with paid endpoints over real HTTP, on a clock that stands still unless it is moved.</summary>
internal sealed class PaidShop : IAsyncDisposable
{
    public const string PublicUrl = "https://shop.example";

    private readonly WebApplication _app;

    private PaidShop(WebApplication app, FakeTimeProvider time, FakeFacilitator facilitator)
    {
        _app = app;
        Time = time;
        Facilitator = facilitator;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public static EvmAddress Seller { get; } = EvmAddress.Parse("0x1343558b1e48Ee16260e386DBEE4693902DB77c4");

    public static EvmKey Buyer { get; } = EvmKey.FromBytes(SHA256.HashData("buyer"u8));

    public FakeTimeProvider Time { get; }

    public FakeFacilitator Facilitator { get; }

    public HttpClient Http { get; }

    public static async Task<PaidShop> StartAsync(Action<WebApplication> map, Action<X402Options>? configure = null, Action<IServiceCollection>? add = null)
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        var facilitator = new FakeFacilitator(time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<TimeProvider>(time);
        add?.Invoke(builder.Services);
        builder.Services.AddX402(options =>
        {
            options.PayTo = Seller.ToString();
            options.Tokens.Add(KnownAssets.UsdcOnBaseSepolia);
            options.FacilitatorUrl = new Uri("https://facilitator.example/x402");
            options.FacilitatorHandler = facilitator;
            options.PublicUrl = PublicUrl;
            configure?.Invoke(options);
        });
        var app = builder.Build();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new PaidShop(app, time, facilitator);
    }

    /// <summary>What an unpaid request is asked for.</summary>
    public async Task<PaymentRequired> AskAsync(string path, int version = 2, string? body = null, string method = "POST")
    {
        using var answer = await SendAsync(path, null, body, method);
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        return PaymentRequiredAnswer.Read(
            version == 2 ? answer.Headers.GetValues(PaymentHeaderNames.PaymentRequired).Single() : null,
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Value!;
    }

    /// <summary>Signs what is asked for, with a new nonce.</summary>
    public SignedPayment Sign(PaymentRequired terms, Func<PaymentChoice, PaymentChoice>? change = null, EvmKey? key = null, TimeSpan later = default)
    {
        var choice = PaymentChooser.Choose(terms, new PaymentPolicy { Caps = [.. KnownAssets.All.Select(asset => new SpendingCap(asset, 10_000_000UL))], MaxValiditySeconds = 4000 });
        Assert.False(choice.IsRefused, choice.Refusal?.Detail);
        return PaymentSigner.Sign(terms, change?.Invoke(choice.Value) ?? choice.Value, key ?? Buyer, RandomNumberGenerator.Create(), Time.GetUtcNow() + later).Value!;
    }

    /// <summary>Asks and signs.</summary>
    public async Task<SignedPayment> SignAsync(string path, int version = 2, string? body = null, string method = "POST") =>
        Sign(await AskAsync(path, version, body, method));

    public Task<HttpResponseMessage> SendAsync(string path, SignedPayment? payment, string? body = null, string method = "POST") =>
        SendAsync(path, payment?.HeaderName, payment?.HeaderValue, body, method);

    public Task<HttpResponseMessage> SendAsync(string path, string? header, string? value, string? body, string method = "POST") =>
        SendUntilAsync(path, header, value, body, method, CancellationToken.None);

    /// <summary>Sends, and hangs up when told.</summary>
    public async Task<HttpResponseMessage> SendUntilAsync(string path, string? header, string? value, string? body, string method, CancellationToken hangUp)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body);
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(hangUp, TestContext.Current.CancellationToken);
        return await Http.SendAsync(request, either.Token);
    }

    public static async Task<string> TextAsync(HttpResponseMessage answer) => await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>The code of a problem document, or of the terms.</summary>
    public static async Task<string?> CodeAsync(HttpResponseMessage answer)
    {
        var json = JsonNode.Parse(await TextAsync(answer))!;
        return answer.StatusCode == HttpStatusCode.PaymentRequired ? json["error"]!.GetValue<string>() : json["type"]!.GetValue<string>().Split(':')[^1];
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        Facilitator.Dispose();
    }
}
