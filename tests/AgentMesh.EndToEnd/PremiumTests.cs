using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.EndToEnd;

/// <summary>A stranger buys an analysis of alice's agent: over HTTP and x402, through gateway, payments, facilitator and alice's own agent.</summary>
[Collection(nameof(UntouchedMeshes))]
public sealed class PremiumTests(UntouchedMeshes meshes)
{
    /// <summary>Who sells when nobody else is named.</summary>
    private const string Alice = "alice";

    private const ulong Gift = 1_000_000;
    private const ulong Price = 100_000;

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Analysis_IsSoldOnceAPayment_HoweverOftenItIsSent(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        const string Seller = "premium-alice";
        var mesh = await meshes.OnAsync(kind);
        using var owner = new AgentClient(mesh.Ready.Gateway);
        using var facilitator = new FacilitatorClient(mesh);
        using var none = await PostAsync(owner.Http, "is it so?", Seller);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        await owner.PostAsync(Seller, "hello");
        var seller = EvmAddress.Parse((await owner.InfoAsync(Seller)).GetProperty("walletAddress").GetString()!);

        using var terms = await PostAsync(owner.Http, "is it so?", Seller);
        Assert.Equal(HttpStatusCode.PaymentRequired, terms.StatusCode);
        var asked = PaymentRequiredAnswer.Read(terms.Headers.GetValues(PaymentHeaderNames.PaymentRequired).Single(), default);
        Assert.Equal(2, asked.Value!.X402Version);
        Assert.Equal(1, PaymentRequiredAnswer.Read(null, await terms.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Value!.X402Version);

        using var key = EvmKey.FromBytes(SHA256.HashData("premium buyer"u8));
        await facilitator.FundAsync(key.Address, $"{Gift}", "premium-gift");
        var (signed, first) = await BuyAsync(mesh, key, "is it so?", Seller);
        Assert.Equal("""{"analysis":"Premium analysis of \"is it so?\": 3 words, 9 characters. A configured model would say more."}""", first);
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(key.Address));
        Assert.Equal((UInt256)Price, await facilitator.BalanceAsync(seller));

        // The same bytes, a hundred times at once, at both gateways.
        var again = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => RepeatAsync(mesh.Ready.Gateways[n % 2], signed, "is it so?", Seller)));
        Assert.All(again, answer => Assert.Equal((HttpStatusCode.OK, first), answer));
        // For other words, it is spent.
        Assert.Equal(HttpStatusCode.Conflict, (await RepeatAsync(mesh.Ready.Gateway, signed, "or not?", Seller)).Status);
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(key.Address));
        Assert.Equal((UInt256)Price, await facilitator.BalanceAsync(seller));

        // One call of the tool, in a session that is not the owner's conversation.
        Assert.Equal(2, (await owner.HistoryAsync(Seller)).Count);
        Assert.Equal(4, (await owner.InfoAsync(Seller)).GetProperty("messageCount").GetInt64());
    }

    [Fact]
    public async Task BuyerWithoutMoney_GetsTheTermsAgain_AndNothingIsDone()
    {
        const string Seller = "premium-bob";
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var owner = new AgentClient(mesh.Ready.Gateway);
        await owner.PostAsync(Seller, "hello");
        using var key = EvmKey.FromBytes(SHA256.HashData("poor"u8));
        using var client = ClientOf(mesh.Ready.Gateway, key);
        using var answer = await PostAsync(client, "is it so?", Seller);
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        var asked = (PaymentRequiredV2)PaymentRequiredAnswer.Read(answer.Headers.GetValues(PaymentHeaderNames.PaymentRequired).Single(), default).Value!;
        Assert.Equal("insufficient_funds", asked.Error);
        Assert.Equal(2, (await owner.InfoAsync(Seller)).GetProperty("messageCount").GetInt64());
    }

    internal static async Task<(SignedPayment Payment, string Answer)> BuyAsync(Mesh mesh, EvmKey key, string query, string seller = Alice)
    {
        using var client = ClientOf(mesh.Ready.Gateway, key);
        using var answer = await PostAsync(client, query, seller);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode} {text}");
        var outcome = PaymentHandler.GetOutcome(answer)!;
        Assert.True(outcome.Settlement!.Success);
        Assert.Equal(key.Address.ToString(), outcome.Settlement.Payer);
        return (outcome.Payment!, text);
    }

    private static async Task<(HttpStatusCode Status, string Answer)> RepeatAsync(Uri gateway, SignedPayment payment, string query, string seller)
    {
        using var client = new HttpClient { BaseAddress = gateway };
        client.DefaultRequestHeaders.TryAddWithoutValidation(payment.HeaderName, payment.HeaderValue);
        using var answer = await PostAsync(client, query, seller);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    internal static HttpClient ClientOf(Uri gateway, EvmKey key)
    {
        var policy = new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, (UInt256)Price)] };
        var wallet = new KeyWallet(key, policy, RandomNumberGenerator.Create(), TimeProvider.System);
        return new HttpClient(new PaymentHandler(wallet, new PaymentHandlerOptions()) { InnerHandler = PaymentHandler.CreatePrimaryHandler() }) { BaseAddress = gateway };
    }

    internal static Task<HttpResponseMessage> PostAsync(HttpClient client, string query, string seller = Alice) =>
        client.PostAsync($"/agent/{seller}/premium/analysis", JsonContent.Create(new { query }), TestContext.Current.CancellationToken);
}
