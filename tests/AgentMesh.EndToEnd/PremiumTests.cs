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
public sealed class PremiumTests
{
    private const string Path = "/agent/alice/premium/analysis";
    private const ulong Gift = 1_000_000;
    private const ulong Price = 100_000;

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Analysis_IsSoldOnceAPayment_HoweverOftenItIsSent(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, options: ["--replicas", "gateway=2,payments=2"]);
        using var owner = new AgentClient(mesh.Ready.Gateway);
        using var facilitator = new FacilitatorClient(mesh);
        using var none = await PostAsync(owner.Http, "is it so?");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        await owner.PostAsync("alice", "hello");
        var seller = EvmAddress.Parse((await owner.InfoAsync("alice")).GetProperty("walletAddress").GetString()!);

        using var terms = await PostAsync(owner.Http, "is it so?");
        Assert.Equal(HttpStatusCode.PaymentRequired, terms.StatusCode);
        var asked = PaymentRequiredAnswer.Read(terms.Headers.GetValues(PaymentHeaderNames.PaymentRequired).Single(), default);
        Assert.Equal(2, asked.Value!.X402Version);
        Assert.Equal(1, PaymentRequiredAnswer.Read(null, await terms.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Value!.X402Version);

        using var key = EvmKey.FromBytes(SHA256.HashData("buyer"u8));
        await facilitator.FundAsync(key.Address, $"{Gift}", "gift");
        var (signed, first) = await BuyAsync(mesh, key, "is it so?");
        Assert.Equal("""{"analysis":"Premium analysis of \"is it so?\": 3 words, 9 characters. A configured model would say more."}""", first);
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(key.Address));
        Assert.Equal((UInt256)Price, await facilitator.BalanceAsync(seller));

        // The same bytes, a hundred times at once, at both gateways.
        var again = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => RepeatAsync(mesh.Ready.Gateways[n % 2], signed, "is it so?")));
        Assert.All(again, answer => Assert.Equal((HttpStatusCode.OK, first), answer));
        // For other words, it is spent.
        Assert.Equal(HttpStatusCode.Conflict, (await RepeatAsync(mesh.Ready.Gateway, signed, "or not?")).Status);
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(key.Address));
        Assert.Equal((UInt256)Price, await facilitator.BalanceAsync(seller));

        // One call of the tool, in a session that is not the owner's conversation.
        Assert.Equal(2, (await owner.HistoryAsync("alice")).Count);
        Assert.Equal(4, (await owner.InfoAsync("alice")).GetProperty("messageCount").GetInt64());
    }

    [Fact]
    public async Task BuyerWithoutMoney_GetsTheTermsAgain_AndNothingIsDone()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var mesh = await Mesh.StartAsync(store.Data);
        using var owner = new AgentClient(mesh.Ready.Gateway);
        await owner.PostAsync("alice", "hello");
        using var key = EvmKey.FromBytes(SHA256.HashData("poor"u8));
        using var client = ClientOf(mesh.Ready.Gateway, key);
        using var answer = await PostAsync(client, "is it so?");
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        var asked = (PaymentRequiredV2)PaymentRequiredAnswer.Read(answer.Headers.GetValues(PaymentHeaderNames.PaymentRequired).Single(), default).Value!;
        Assert.Equal("insufficient_funds", asked.Error);
        Assert.Equal(2, (await owner.InfoAsync("alice")).GetProperty("messageCount").GetInt64());
    }

    internal static async Task<(SignedPayment Payment, string Answer)> BuyAsync(Mesh mesh, EvmKey key, string query)
    {
        using var client = ClientOf(mesh.Ready.Gateway, key);
        using var answer = await PostAsync(client, query);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode} {text}");
        var outcome = PaymentHandler.GetOutcome(answer)!;
        Assert.True(outcome.Settlement!.Success);
        Assert.Equal(key.Address.ToString(), outcome.Settlement.Payer);
        return (outcome.Payment!, text);
    }

    private static async Task<(HttpStatusCode Status, string Answer)> RepeatAsync(Uri gateway, SignedPayment payment, string query)
    {
        using var client = new HttpClient { BaseAddress = gateway };
        client.DefaultRequestHeaders.TryAddWithoutValidation(payment.HeaderName, payment.HeaderValue);
        using var answer = await PostAsync(client, query);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    internal static HttpClient ClientOf(Uri gateway, EvmKey key)
    {
        var policy = new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, (UInt256)Price)] };
        var wallet = new KeyWallet(key, policy, RandomNumberGenerator.Create(), TimeProvider.System);
        return new HttpClient(new PaymentHandler(wallet, new PaymentHandlerOptions()) { InnerHandler = PaymentHandler.CreatePrimaryHandler() }) { BaseAddress = gateway };
    }

    internal static Task<HttpResponseMessage> PostAsync(HttpClient client, string query) =>
        client.PostAsync(Path, JsonContent.Create(new { query }), TestContext.Current.CancellationToken);
}
