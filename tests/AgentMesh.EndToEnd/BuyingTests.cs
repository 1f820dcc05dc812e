using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Evm;

namespace AgentMesh.EndToEnd;

/// <summary>Alice's agent buys of bob's, and the agents' process is killed in the middle of it: one settlement, and the same answer by the key.</summary>
public sealed class BuyingTests
{
    private const ulong Gift = 10_000_000;
    private const ulong Price = 100_000;

    /// <summary>Within a purchase, which takes a second or two. A run that dies is followed by another a minute later.</summary>
    private static readonly int[] KillsAfterMs = [300, 1_200];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Purchase_IsSettledOnce_WheneverTheAgentsAreKilled(StoreKind kind)
    {
        LongForm.OrSkip();
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, options: ["--set", "AgentMesh__Wallets__StartingUsdc=10"]);
        using var client = new AgentClient(mesh.Ready.Gateway);
        using var facilitator = new FacilitatorClient(mesh);
        await client.PostAsync("alice", "hello");
        await client.PostAsync("bob", "hello");
        var alice = EvmAddress.Parse((await client.InfoAsync("alice")).GetProperty("walletAddress").GetString()!);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        await facilitator.WaitForBalanceAsync(alice, Gift, limit.Token);

        foreach (var (wait, n) in KillsAfterMs.Select((wait, n) => (wait, n)))
        {
            var buying = BuyAsync(client, mesh.Ready.Gateway, $"k{n}", limit.Token);
            await Task.Delay(wait, limit.Token);
            await mesh.ReplaceAsync(mesh.Ready.Apps.First(app => app.Id == "agents"), seconds: 60);
            var answer = await buying;
            Assert.Equal("settled", answer.GetProperty("payment").GetProperty("state").GetString());
            Assert.Equal(answer.GetRawText(), (await BuyAsync(client, mesh.Ready.Gateway, $"k{n}", limit.Token)).GetRawText());
            Assert.Equal((UInt256)(Gift - (ulong)(n + 1) * Price), await facilitator.BalanceAsync(alice));
        }

        var paid = await client.Http.GetFromJsonAsync<JsonElement>("/agent/alice/payments?direction=out", limit.Token);
        Assert.All(paid.GetProperty("payments").EnumerateArray(), payment => Assert.Equal("settled", payment.GetProperty("state").GetString()));
        Assert.Equal(KillsAfterMs.Length, paid.GetProperty("payments").GetArrayLength());
    }

    /// <summary>Asks by the same key until there is an answer, as a client does whose answer was lost.</summary>
    private static async Task<JsonElement> BuyAsync(AgentClient client, Uri gateway, string key, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/agent/alice/pay", UriKind.Relative));
            request.Headers.Add("Idempotency-Key", key);
            request.Content = JsonContent.Create(new { url = new Uri(gateway, "/agent/bob/premium/analysis").ToString(), body = $$"""{"query":"{{key}}"}""", maxAmount = "100000" });
            using var answer = await client.Http.SendAsync(request, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK)
                return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            await Task.Delay(500, cancellationToken);
        }
    }
}
