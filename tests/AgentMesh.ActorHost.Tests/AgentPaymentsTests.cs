using System.Globalization;
using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests;

/// <summary>The payments in an agent's own records.</summary>
public sealed class AgentPaymentsTests
{
    private const string Alice = "default:alice";
    private const string Forecast = """{"city":"Rome"}""";

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    internal static AgentPayment Payment(int n) => new(
        n.ToString("x64", CultureInfo.InvariantCulture), PaymentDirections.In, PaymentStates.Executing, "100000", 6, "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
        "eip155:84532", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "http://localhost/agent/alice/premium/forecast", Now, Now);

    /// <summary>What is written for a new wallet in the background is not the write that a test is about.</summary>
    private static Task UntilWalletIsListedAsync(HostUnderTest host) => HostUnderTest.UntilAsync(() => Task.FromResult(
        JsonElement.Parse(host.State[Alice, "wallet"]!).GetProperty("listedKeyId").ValueKind == JsonValueKind.String));

    [Fact]
    public async Task PaidWork_IsStoredWithItsPayment_InOneTransaction_AndMessagesPayNothingForThat()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        var payment = Payment(1) with { Payee = (await host.InfoAsync(Alice)).Value!.WalletAddress! };
        await UntilWalletIsListedAsync(host);
        host.State.TakeCalls();
        Assert.Null((await host.CallToolAsync(Alice, "forecast", Forecast, payment.Id, payment: payment)).Refusal);
        var write = host.State.TakeCalls().First(call => call.StartsWith("PUT", StringComparison.Ordinal)).Split(' ');
        Assert.All(["payments", "payments:1", $"payment:{payment.Id}", "turns", "head"], (string key) => Assert.Contains(key, write));
        Assert.Equal(payment with { Seq = 1 }, (await host.PaymentAsync(Alice, payment.Id)).Value);
        await HostUnderTest.UntilAsync(async () => (await host.CallToolAsync(Alice, "forecast", Forecast, payment.Id, payment: payment)).Value!.Response == "Rome: rain");
        host.State.TakeCalls();
        await host.PostAsync(Alice, "free", "r2");
        Assert.DoesNotContain(host.State.TakeCalls(), call => call.Contains("payment", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(nameof(FailedPut.BeforeStoring))]
    [InlineData(nameof(FailedPut.AfterStoring))]
    public async Task PaidWork_WhoseAnswerIsLost_HasItsPaymentOnce(string failure)
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        var payment = Payment(1) with { Payee = (await host.InfoAsync(Alice)).Value!.WalletAddress! };
        await UntilWalletIsListedAsync(host);
        host.State.FailNextPut = Enum.Parse<FailedPut>(failure);
        using (var failed = await host.SendAsync(Alice, nameof(IAgentActor.PostMessage), System.Net.Http.Json.JsonContent.Create(
            new PostMessage(null, null, "r", payment.Id, null, "forecast", Forecast, payment), Contracts.ContractsJson.Default.PostMessage)))
        {
            Assert.False(failed.IsSuccessStatusCode);
        }

        Assert.Null((await host.CallToolAsync(Alice, "forecast", Forecast, payment.Id, payment: payment)).Refusal);
        Assert.Equal([payment with { Seq = 1 }], (await host.PaymentsAsync(Alice)).Value!.Payments);
    }

    [Fact]
    public async Task PaidWork_ForAWalletThatIsNotTheAgents_IsRefused_AndMakesNoAgent()
    {
        await using var host = await StartAsync();
        // Erased since: neither the session nor the work makes it anew.
        Assert.Equal("not_for_sale", (await host.CreateSessionAsync(Alice, "paid", payee: Payment(1).Payee)).Refusal!.Code);
        Assert.Equal("not_for_sale", (await host.CallToolAsync(Alice, "forecast", Forecast, Payment(1).Id, payment: Payment(1))).Refusal!.Code);
        Assert.Empty(host.State.KeysOf(Alice));
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal("not_for_sale", (await host.CallToolAsync(Alice, "forecast", Forecast, Payment(1).Id, payment: Payment(1))).Refusal!.Code);
        Assert.Empty((await host.PaymentsAsync(Alice)).Value!.Payments);
        var wallet = (await host.InfoAsync(Alice)).Value!.WalletAddress!;
        Assert.Null((await host.CreateSessionAsync(Alice, "paid", payee: wallet)).Refusal);
    }

    [Fact]
    public async Task Outcome_IsRecordedOnce_AndOlderWordsChangeNothing()
    {
        await using var host = await StartAsync();
        var unknown = Payment(1) with { State = PaymentStates.Unknown, Reason = "payment_unknown", UpdatedAt = Now.AddSeconds(1) };
        var settled = Payment(1) with { State = PaymentStates.Settled, Transaction = "0x1", UpdatedAt = Now.AddSeconds(2) };
        Assert.Equal(unknown with { Seq = 1 }, (await host.RecordPaymentAsync(Alice, unknown)).Value);
        Assert.Equal(settled with { Seq = 1 }, (await host.RecordPaymentAsync(Alice, settled)).Value);
        host.State.TakeCalls();
        Assert.Equal(settled with { Seq = 1 }, (await host.RecordPaymentAsync(Alice, unknown)).Value);
        Assert.Equal(settled with { Seq = 1 }, (await host.RecordPaymentAsync(Alice, settled)).Value);
        Assert.DoesNotContain(host.State.TakeCalls(), call => call.StartsWith("PUT", StringComparison.Ordinal));
        await host.DeactivateAsync(Alice);
        Assert.Equal(settled with { Seq = 1 }, (await host.PaymentAsync(Alice, settled.Id)).Value);
    }

    /// <summary>Whoever makes payments fail, for nothing, does not fill an agent's list.</summary>
    [Fact]
    public async Task FailureOfAPaymentTheAgentNeverWorkedFor_IsNotRecorded()
    {
        await using var host = await StartAsync();
        Assert.Null((await host.RecordPaymentAsync(Alice, Payment(1) with { State = PaymentStates.Failed })).Refusal);
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.Equal("payment_not_found", (await host.PaymentAsync(Alice, Payment(1).Id)).Refusal!.Code);
    }

    [Fact]
    public async Task List_GoesBackPageByPage()
    {
        await using var host = await StartAsync();
        for (var n = 1; n <= 40; n++)
            await host.RecordPaymentAsync(Alice, Payment(n) with { State = PaymentStates.Settled });
        await host.RecordPaymentAsync("default:bob", Payment(99) with { State = PaymentStates.Settled });
        var (seqs, before) = (new List<long>(), (long?)null);
        do
        {
            var page = (await host.PaymentsAsync(Alice, 7, before)).Value!;
            Assert.All(page.Payments, payment => Assert.Equal(Payment((int)payment.Seq).Id, payment.Id));
            seqs.InsertRange(0, page.Payments.Select(payment => payment.Seq));
            before = page.NextBefore;
        }
        while (before is not null);
        Assert.Equal(Enumerable.Range(1, 40).Select(seq => (long)seq), seqs);
        Assert.Equal("invalid_limit", (await host.PaymentsAsync(Alice, 0)).Refusal!.Code);
        Assert.Equal("payment_not_found", (await host.PaymentAsync(Alice, Payment(99).Id)).Refusal!.Code);
        Assert.Equal("payment_not_found", (await host.PaymentAsync("default:carol", Payment(99).Id)).Refusal!.Code);
    }

    /// <summary>A number that half of a transaction left behind was given out again.</summary>
    [Fact]
    public async Task PlaceOfAPaymentThatWasNeverStored_IsNotBelieved()
    {
        await using var host = await StartAsync();
        await host.RecordPaymentAsync(Alice, Payment(1) with { State = PaymentStates.Settled });
        host.State[Alice, $"payment:{Payment(2).Id}"] = """{"seq":1,"v":1}""";
        host.State[Alice, $"payment:{Payment(3).Id}"] = """{"seq":9,"v":1}""";
        Assert.Equal("payment_not_found", (await host.PaymentAsync(Alice, Payment(2).Id)).Refusal!.Code);
        Assert.Equal("payment_not_found", (await host.PaymentAsync(Alice, Payment(3).Id)).Refusal!.Code);
        Assert.Equal(2, (await host.RecordPaymentAsync(Alice, Payment(2) with { State = PaymentStates.Settled })).Value!.Seq);
        Assert.Equal([Payment(1).Id, Payment(2).Id], (await host.PaymentsAsync(Alice)).Value!.Payments.Select(payment => payment.Id));
    }

    [Theory]
    [InlineData("payments", """{"count":"one","v":1}""")]
    [InlineData("payments:1", """{"payments":[],"v":1}""")]
    [InlineData("payments:1", "{}")]
    public async Task DamagedList_IsSaid_AndNothingIsPaidWorkThen(string key, string value)
    {
        await using var host = await StartAsync();
        await host.RecordPaymentAsync(Alice, Payment(1) with { State = PaymentStates.Settled });
        host.State[Alice, key] = value;
        Assert.Equal("agent_quarantined", (await host.PaymentsAsync(Alice)).Refusal!.Code);
        Assert.Equal("agent_quarantined", (await host.RecordPaymentAsync(Alice, Payment(2) with { State = PaymentStates.Settled })).Refusal!.Code);
        // The owner's own messages are none of it.
        Assert.Null((await host.PostAsync(Alice, "hello", "r1")).Refusal);
    }

    private static async Task<HostUnderTest> StartAsync()
    {
        var state = await FakeActorState.StartAsync();
        state.Secrets["secretstore/wallet-keys"] = JsonSerializer.Serialize(new Dictionary<string, string> { ["wallet-keys"] = Convert.ToBase64String(new byte[32]) });
        return HostUnderTest.Start(
            state, new FakeTimeProvider(Now), agents => agents.AddPaidTool((string city) => $"{city}: rain", "forecast", "Forecasts.", "0.25"),
            [("AgentMesh:Wallets:Provider", "local")]);
    }
}
