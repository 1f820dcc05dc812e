using System.Net;
using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests.Budgets;

/// <summary>What an agent may spend, over HTTP and state.</summary>
public sealed class AgentBudgetsTests
{
    private const string Alice = "default:alice";
    private const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";

    private static readonly LimitSetting Once = new("agent", Usdc, "once", "1000");

    [Fact]
    public async Task AgentNeverUsed_HasTheDefaults_AndIsNotMade()
    {
        await using var host = await HostUnderTest.StartAsync();
        var budget = (await host.BudgetAsync(Alice)).Value!;
        Assert.Equal(
            [
                new LimitStatus("agent", "USD", "rolling:24h", "50000000", "0", "0", "0", "50000000", null),
                new LimitStatus("agent", Usdc, "rolling:24h", "50000000", "0", "0", "0", "50000000", null),
            ],
            budget.Limits);
        Assert.Equal(budget.Limits, (await host.InfoAsync(Alice)).Value!.Budget!.Limits);
        Assert.Empty(host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task Limits_AreSetAsAWhole_AndKept()
    {
        await using var host = await HostUnderTest.StartAsync();
        var set = (await host.SetBudgetAsync(Alice, Once, new LimitSetting("tool:shop", "USD", "rolling:90m", "5"))).Value!;
        Assert.Equal(new LimitStatus("agent", Usdc, "once", "1000", "0", "0", "0", "1000", null), set.Limits[0]);
        await host.DeactivateAsync(Alice);
        Assert.Equal(set.Limits, (await host.BudgetAsync(Alice)).Value!.Limits);
        Assert.Equal(set.Limits, (await host.InfoAsync(Alice)).Value!.Budget!.Limits);
        Assert.Equal(set.Limits, (await host.SetBudgetAsync(Alice, Once, new LimitSetting("tool:shop", "USD", "rolling:90m", "5"))).Value!.Limits);
        Assert.Empty((await host.SetBudgetAsync(Alice)).Value!.Limits);
        Assert.Empty((await host.BudgetAsync(Alice)).Value!.Limits);
    }

    [Fact]
    public async Task LimitThatIsNone_ChangesNothing()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal("invalid_budget", (await host.SetBudgetAsync(Alice, Once, new LimitSetting("agent", Usdc, "once", "2"))).Refusal!.Code);
        Assert.Equal("invalid_budget", (await host.SetBudgetAsync(Alice, new LimitSetting("agent", Usdc, "monthly", "2"))).Refusal!.Code);
        Assert.Empty(host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task Hold_ThatExpires_IsEndedByItsReminder_AndLogged()
    {
        await using var host = await HostUnderTest.StartAsync();
        await HoldAsync(host, "2026-01-02T03:05:05.678Z");
        await host.InfoAsync(Alice);
        Assert.Equal(("0h1m0s0ms", "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));

        host.Time.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromMilliseconds(1));
        await host.RemindAsync(Alice, "schedule");
        Assert.Equal(["schedule"], host.State.RemindersOf(Alice));
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await host.RemindAsync(Alice, "schedule");

        Assert.Empty(host.State.RemindersOf(Alice));
        var (_, _, _, _, posted, held, _, available, _) = (await host.BudgetAsync(Alice)).Value!.Limits.Single();
        Assert.Equal(("40", "60", "900"), (posted, held, available));
        var fact = (await host.EventsAsync(Alice)).Value!.Events[^1];
        Assert.Equal(
            (EventTypes.Payment, $$"""{"hold":"p1","state":"unknown","asset":"{{Usdc}}","amount":"60"}"""), (fact.Type, fact.Data.Json));
        Assert.Contains("\"nextHold\":null", host.State[Alice, "head"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadThatKnowsOfAHoldThatIsNotThere_IsToldBetter()
    {
        await using var host = await HostUnderTest.StartAsync();
        await HoldAsync(host, "2026-01-02T03:05:05.678Z");
        host.State[Alice, "ledger"] = null;
        host.Time.Advance(TimeSpan.FromSeconds(60));
        await host.RemindAsync(Alice, "schedule");
        Assert.Empty(host.State.RemindersOf(Alice));
        Assert.Contains("\"nextHold\":null", host.State[Alice, "head"], StringComparison.Ordinal);
    }

    // The head in memory is trusted for 30 s, which for money is too long.
    [Fact]
    public async Task AnotherActivation_IsNoticedBeforeALedgerIsStored()
    {
        await using var stale = await HostUnderTest.StartAsync();
        await stale.SetBudgetAsync(Alice, Once);
        await using var other = await HostUnderTest.StartAsync();
        Copy(stale, other);
        await other.SetBudgetAsync(Alice, Once with { Limit = "1" });
        Copy(other, stale);

        using var body = JsonContent.Create(new SetBudget([Once with { Limit = "2" }]), ContractsJson.Default.SetBudget);
        using (var failed = await stale.SendAsync(Alice, nameof(IAgentBudgets.SetBudget), body))
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal("1", (await stale.BudgetAsync(Alice)).Value!.Limits.Single().Limit);
        Assert.Equal("2", (await stale.SetBudgetAsync(Alice, Once with { Limit = "2" })).Value!.Limits.Single().Limit);

        static void Copy(HostUnderTest from, HostUnderTest to)
        {
            foreach (var key in from.State.KeysOf(Alice))
                to.State[Alice, key] = from.State[Alice, key];
        }
    }

    [Fact]
    public async Task Erasure_LeavesTheLedger()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.SetBudgetAsync(Alice, Once);
        var part = (await host.EraseAsync(Alice)).Value!;
        while (!part.IsDone)
            part = (await host.EraseAsync(Alice)).Value!;
        Assert.False(part.Records.ContainsKey("ledger"));
        Assert.Equal(1, part.KeptSpending);
        Assert.Equal(Once.Limit, Assert.Single((await host.BudgetAsync(Alice)).Value!.Limits).Limit);
    }

    /// <summary>An agent with a payment of 60 held and a model's run of 40, as they are stored.</summary>
    private static async Task HoldAsync(HostUnderTest host, string expiresAt)
    {
        await host.SetBudgetAsync(Alice, Once);
        await host.DeactivateAsync(Alice);
        var open = string.Join(
            ',',
            from hold in new[] { ("p1", "Payment", "60"), ("5/1", "Model", "40") }
            select $$"""{"id":"{{hold.Item1}}","kind":"{{hold.Item2}}","asset":"{{Usdc}}","asked":"{{hold.Item3}}","amount":"{{hold.Item3}}","state":"Held","posted":"0","session":null,"tool":null,"at":"2026-01-02T03:04:05.678Z","expiresAt":"{{expiresAt}}","settledAt":null,"grant":null}""");
        host.State[Alice, "ledger"] = host.State[Alice, "ledger"]!.Replace("\"open\":[]", $"\"open\":[{open}]", StringComparison.Ordinal);
        host.State[Alice, "head"] = host.State[Alice, "head"]!.Replace("\"nextHold\":null", $"\"nextHold\":\"{expiresAt}\"", StringComparison.Ordinal);
    }
}
