using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Exact.Evm.Client;

namespace AgentMesh.EndToEnd;

/// <summary>What an agent was paid stands in its own records, whatever becomes of processes, reminders and the agent.</summary>
public sealed class PaymentRecordTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Payments_AreListed_AcrossARestart_AndKeptWhenTheAgentIsErased(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        await using var store = await TestStore.CreateAsync(kind);
        using var key = EvmKey.FromBytes(SHA256.HashData("buyer"u8));
        JsonElement first;
        string seller;
        await using (var mesh = await Mesh.StartAsync(store.Data, store.Redis))
        {
            using var owner = new AgentClient(mesh.Ready.Gateway);
            using var facilitator = new FacilitatorClient(mesh);
            await facilitator.FundAsync(key.Address, "1000000", "gift");
            await owner.PostAsync("alice", "hello");
            await owner.PostAsync("bob", "hello");
            seller = (await owner.InfoAsync("alice")).GetProperty("walletAddress").GetString()!;
            Assert.Equal("""{"payments":[],"nextBefore":null}""", await owner.Http.GetStringAsync("/agent/alice/payments", TestContext.Current.CancellationToken));
            for (var n = 1; n <= 3; n++)
                await PremiumTests.BuyAsync(mesh, key, $"question {n}");
            first = await SettledAsync(owner, 1, seller, key);
            // A page goes back from a number, and another agent's payments are not there.
            var page = await owner.Http.GetFromJsonAsync<JsonElement>("/agent/alice/payments?limit=2&before=3", TestContext.Current.CancellationToken);
            Assert.Equal([1, 2], page.GetProperty("payments").EnumerateArray().Select(payment => payment.GetProperty("seq").GetInt64()));
            Assert.Equal(JsonValueKind.Null, page.GetProperty("nextBefore").ValueKind);
            using var others = await owner.Http.GetAsync(new Uri($"/agent/bob/payments/{IdOf(first)}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, others.StatusCode);
            await mesh.StopAsync();
        }

        await using (var mesh = await Mesh.StartAsync(store.Data, store.Redis))
        {
            using var owner = new AgentClient(mesh.Ready.Gateway);
            Assert.Equal(first.GetRawText(), (await SettledAsync(owner, 1, seller, key)).GetRawText());
            await SettledAsync(owner, 3, seller, key);
            var export = await owner.Http.GetStringAsync("/agent/alice/export", TestContext.Current.CancellationToken);
            Assert.Equal(3, export.Split('\n').Count(line => line.StartsWith("""{"kind":"payment",""", StringComparison.Ordinal)));
            Assert.DoesNotContain("signature", export, StringComparison.OrdinalIgnoreCase);

            using var erased = await owner.Http.DeleteAsync(new Uri("/agent/alice", UriKind.Relative), TestContext.Current.CancellationToken);
            var kept = Assert.Single((await erased.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("kept").EnumerateArray());
            Assert.Equal(("payments", 3), (kept.GetProperty("kind").GetString(), kept.GetProperty("count").GetInt32()));
            Assert.Equal(first.GetRawText(), (await SettledAsync(owner, 1, seller, key)).GetRawText());
            Assert.Equal(JsonValueKind.Null, (await owner.InfoAsync("alice")).GetProperty("createdAt").ValueKind);
        }
    }

    /// <summary>The order to settle is given, nobody says what became of it, and nothing wakes the payment any more.</summary>
    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task UnknownPayment_WhoseReminderIsLost_IsSettledAllTheSame(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(
            store.Data, store.Redis, "ready.json",
            "--replicas", "payments=2",
            "--set", "AgentMesh__Facilitator__Faults=true",
            "--set", "AgentMesh__Payments__SettleTimeoutSeconds=2",
            // A reminder that comes every five minutes is not there to help in this test.
            "--set", "AgentMesh__Payments__WorkIntervalSeconds=300",
            "--set", "AgentMesh__Payments__LookIntervalSeconds=3",
            "--set", "AgentMesh__Payments__LeaseSeconds=3",
            "--set", "AgentMesh__Sweep__IntervalSeconds=2",
            "--set", "AgentMesh__Sweep__GraceSeconds=1",
            "--set", "AgentMesh__Sweep__NoteDelaySeconds=0");
        using var owner = new AgentClient(mesh.Ready.Gateway);
        using var facilitator = new FacilitatorClient(mesh);
        using var key = EvmKey.FromBytes(SHA256.HashData("buyer"u8));
        await facilitator.FundAsync(key.Address, "1000000", "gift");
        await owner.PostAsync("alice", "hello");
        await facilitator.ScriptAsync("timeout_after_settle");
        using var client = PremiumTests.ClientOf(mesh.Ready.Gateway, key);
        using var answer = await PremiumTests.PostAsync(client, "is it so?");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var id = PaymentHandler.GetOutcome(answer)!.Payment!.Id.ToString();

        await UntilAsync(async () => await mesh.IsOpenPaymentAsync(id));
        Assert.Equal("unknown", (await PaymentsAsync(owner)).Single().GetProperty("state").GetString());
        // No look afterwards whether it is gone: the sweep may have wakened the payment since, which gives it another.
        Assert.Equal(["work"], await mesh.RemindersAsync("PaymentActor"));
        await mesh.LoseReminderAsync(id, "work", "PaymentActor");
        await UntilAsync(async () => (await PaymentsAsync(owner)).Single().GetProperty("state").GetString() == "settled");
        // It leaves the index, and has no reminder any more.
        await UntilAsync(async () => !await mesh.IsOpenPaymentAsync(id) && (await mesh.RemindersAsync("PaymentActor")).Count == 0);
        Assert.Equal(900_000UL, (ulong)(await facilitator.BalanceAsync(key.Address)).Value);
    }

    private static async Task<JsonElement[]> PaymentsAsync(AgentClient owner) =>
        [.. (await owner.Http.GetFromJsonAsync<JsonElement>("/agent/alice/payments", TestContext.Current.CancellationToken)).GetProperty("payments").EnumerateArray()];

    /// <summary>A payment of the list with the right figures. Its outcome comes into the list after the answer to its payer.</summary>
    private static async Task<JsonElement> SettledAsync(AgentClient owner, int seq, string seller, EvmKey buyer)
    {
        await UntilAsync(async () => (await PaymentsAsync(owner))[seq - 1].GetProperty("state").GetString() == "settled");
        var payment = (await PaymentsAsync(owner))[seq - 1];
        Assert.Equal(
            (seq, "in", "100000", 6, "eip155:84532", buyer.Address.ToString(), seller, "http://localhost/agent/alice/premium/analysis"),
            (payment.GetProperty("seq").GetInt32(), Text("direction"), Text("amount"), payment.GetProperty("decimals").GetInt32(), Text("network"), Text("payer"), Text("payee"), Text("resource")));
        Assert.Equal(66, Text("transaction")!.Length);
        Assert.Null(Text("reason"));
        var alone = await owner.Http.GetFromJsonAsync<JsonElement>($"/agent/alice/payments/{IdOf(payment)}", TestContext.Current.CancellationToken);
        Assert.Equal(payment.GetRawText(), alone.GetRawText());
        return payment;

        string? Text(string member) => payment.GetProperty(member).GetString();
    }

    private static string IdOf(JsonElement payment) => payment.GetProperty("id").GetString()!;

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "It did not come true in time.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
