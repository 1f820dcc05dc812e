using System.Net;
using System.Security.Cryptography;
using AgentMesh.X402.AspNetCore.Tests.Fakes;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentMesh.X402.AspNetCore.Tests;

/// <summary>The sample, with nothing in another's place but the network to its facilitator.</summary>
public sealed class PaidApiTests
{
    [Theory]
    [InlineData("GET", "/forecast/Rome", "100000", "Tomorrow Rome has weather.")]
    [InlineData("POST", "/shout?text=hello", "10000", "HELLO")]
    public async Task PaidApi_SellsToAClientThatPays(string method, string path, string amount, string expected)
    {
        using var facilitator = new FakeFacilitator(TimeProvider.System);
        await using var api = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host
            .UseSetting("X402:PayTo", PaidShop.Seller.ToString())
            .UseSetting("X402:PublicUrl", "http://localhost")
            .UseSetting("X402:FacilitatorUrl", "http://facilitator.example/x402")
            .ConfigureServices(services => services
                .AddLogging(logging => logging.ClearProviders())
                .PostConfigure<X402Options>(options => options.FacilitatorHandler = facilitator)));
        var wallet = new KeyWallet(
            PaidShop.Buyer, new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, 100_000UL)] }, RandomNumberGenerator.Create(), TimeProvider.System);
        using var client = api.CreateDefaultClient(new PaymentHandler(wallet, new PaymentHandlerOptions()));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, expected), (answer.StatusCode, await PaidShop.TextAsync(answer)));
        var outcome = PaymentHandler.GetOutcome(answer)!;
        Assert.Equal((amount, true, 1), (outcome.Payment!.Payment.Authorization.Value.ToString(), outcome.Settlement!.Success, facilitator.Transfers));
    }
}
