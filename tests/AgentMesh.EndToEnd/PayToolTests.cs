using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>A model has alice's agent buy of bob's, over the real processes, and the agents' process is killed when the payment is made and the answer is not.</summary>
public sealed class PayToolTests
{
    private const ulong Gift = 10_000_000;
    private const ulong Price = 100_000;

    /// <summary>The answer takes four seconds; the purchase before it one or two.</summary>
    private const string Model = "pay-200ms-20tokens";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Purchase_OfATurnThatRunsAgain_IsPaidOnce()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var mesh = await Mesh.StartAsync(
            store.Data, store.Redis, "ready.json", [.. MeshOptions.Model(model, Model), "--set", "AgentMesh__Wallets__StartingUsdc=10"]);
        using var client = new AgentClient(mesh.Ready.Gateway);
        using var facilitator = new FacilitatorClient(mesh);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        await client.PostAsync("alice", "hello");
        await client.PostAsync("bob", "hello");
        var alice = EvmAddress.Parse((await client.InfoAsync("alice")).GetProperty("walletAddress").GetString()!);
        await facilitator.WaitForBalanceAsync(alice, Gift, limit.Token);

        // The message is what the model calls the tool with.
        var order = JsonSerializer.Serialize(new { url = new Uri(mesh.Ready.Gateway, "/agent/bob/premium/analysis"), maxAmount = "0.10", body = """{"query":"Is it so?"}""" });
        var turn = await AskAsync(client, order, limit.Token);
        while (await PaymentsAsync(client, limit.Token) is not [{ State: "settled" }])
            await Task.Delay(50, limit.Token);
        await mesh.ReplaceAsync(mesh.Ready.App("agents"), seconds: 60);
        var answered = await EndOfTurnAsync(client, turn, limit.Token);
        // Two runs, each with a call of the model that buys and one that answers; the first run may have been too short for its last one.
        Assert.InRange((await model.ReadLogAsync(limit.Token)).Count(one => one.Message == order), 3, 4);
        Assert.Contains("HTTP 200, paid 0.1 USDC, settled.", answered.GetProperty("answer").GetProperty("response").GetString(), StringComparison.Ordinal);
        Assert.Single(await PaymentsAsync(client, limit.Token));
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(alice));
    }

    private static async Task<string> AskAsync(AgentClient client, string content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/agent/alice/message") { Content = JsonContent.Create(new { content }) };
        request.Headers.Add("Prefer", "respond-async");
        using var answer = await client.Http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("turnId").GetString()!;
    }

    private static async Task<JsonElement> EndOfTurnAsync(AgentClient client, string turn, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var answer = await client.Http.GetAsync(new Uri($"/agent/alice/turns/{turn}", UriKind.Relative), cancellationToken);
            if (answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken) is var found
                && found.GetProperty("status").GetString() is not ("queued" or "running"))
            {
                return found;
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<Paid>> PaymentsAsync(AgentClient client, CancellationToken cancellationToken)
    {
        var list = await client.Http.GetFromJsonAsync<JsonElement>("/agent/alice/payments?direction=out", cancellationToken);
        return [.. list.GetProperty("payments").EnumerateArray().Select(payment => new Paid(payment.GetProperty("state").GetString()!))];
    }

    private sealed record Paid(string State);
}
