using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;

namespace AgentMesh.EndToEnd;

/// <summary>A payment whose settlement nobody answered for is found on the simulated chain, and nowhere else.</summary>
public sealed class ReconciliationTests
{
    private const string Path = "/agent/alice/premium/analysis";
    private const ulong Gift = 1_000_000;
    private const ulong Price = 100_000;

    [Fact]
    public async Task UnknownPayment_IsFoundByItsLogs_AndAnsweredWithWhatWasPaidFor()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var mesh = await Mesh.StartAsync(store.Data, options:
        [
            "--set", "AgentMesh__Facilitator__Faults=true",
            "--set", "AgentMesh__Payments__SettleIsIdempotent=false",
            "--set", "AgentMesh__Payments__SettleTimeoutSeconds=1",
            "--set", "AgentMesh__Payments__LookIntervalSeconds=1",
            "--set", "AgentMesh__Payments__WorkIntervalSeconds=1",
        ]);
        using var owner = new AgentClient(mesh.Ready.Gateway);
        using var facilitator = new FacilitatorClient(mesh);
        using var key = EvmKey.FromBytes(SHA256.HashData("buyer"u8));
        await owner.PostAsync("alice", "hello");
        await facilitator.FundAsync(key.Address, $"{Gift}", "gift");
        // The money moves, and nobody hears of it.
        await facilitator.ScriptAsync("timeout_after_settle");

        using var client = ClientOf(mesh.Ready.Gateway, key);
        using var lost = await client.PostAsync(Path, JsonContent.Create(new { query = "is it so?" }), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, lost.StatusCode);
        var payment = PaymentHandler.GetOutcome(lost)!.Payment!;
        Assert.Equal((UInt256)Price, await facilitator.BalanceAsync(EvmAddress.Parse((await owner.InfoAsync("alice")).GetProperty("walletAddress").GetString()!)));

        using var answer = await AskAgainAsync(mesh.Ready.Gateway, payment);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Premium analysis of", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(key.Address));
    }

    /// <summary>The same payment, until its outcome is known.</summary>
    private static async Task<HttpResponseMessage> AskAgainAsync(Uri gateway, SignedPayment payment)
    {
        using var http = new HttpClient { BaseAddress = gateway };
        http.DefaultRequestHeaders.TryAddWithoutValidation(payment.HeaderName, payment.HeaderValue);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var answer = await http.PostAsync(Path, JsonContent.Create(new { query = "is it so?" }), limit.Token);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                return answer;
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(limit.Token);
            Assert.Matches("^urn:agentmesh:problem:payment_(unknown|pending)$", problem.GetProperty("type").GetString());
            answer.Dispose();
        }
    }

    private static HttpClient ClientOf(Uri gateway, EvmKey key)
    {
        var policy = new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, (UInt256)Price)] };
        var wallet = new KeyWallet(key, policy, RandomNumberGenerator.Create(), TimeProvider.System);
        return new HttpClient(new PaymentHandler(wallet, new PaymentHandlerOptions()) { InnerHandler = PaymentHandler.CreatePrimaryHandler() }) { BaseAddress = gateway };
    }
}
