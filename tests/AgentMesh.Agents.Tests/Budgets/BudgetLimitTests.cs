using System.Text.Json;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Tests.Conversation;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>Limits: which there may be, what setting them changes, and what is told of them.</summary>
public sealed class BudgetLimitTests
{
    private const string Session = "session:aaaaaaaaaaaaaaaaaaaaaaaaaa";

    private readonly FakeLedger _agent = new();

    [Theory]
    [InlineData("agent", "USD", "once", "0", true)]
    [InlineData("session:default", "USD", "once", "1", true)]
    [InlineData(Session, "USD", "once", "1", true)]
    [InlineData("tool:get_weather-2", FakeLedger.Usdc, "once", "340282366920938463463374607431768211455", true)]
    [InlineData("agent", FakeLedger.Usdc, "once", "340282366920938463463374607431768211456", false)]
    [InlineData("Agent", "USD", "once", "1", false)]
    [InlineData("session:", "USD", "once", "1", false)]
    [InlineData("session:alice", "USD", "once", "1", false)]
    [InlineData("tool:", "USD", "once", "1", false)]
    [InlineData("tool:a b", "USD", "once", "1", false)]
    [InlineData("agent", "usd", "once", "1", false)]
    [InlineData("agent", "EUR", "once", "1", false)]
    [InlineData("agent", "eip155:84532/erc20:0x036CbD53842c5426634e7929541eC2318f3dCF7e", "once", "1", false)]
    [InlineData("agent", "eip155:084532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", "once", "1", false)]
    [InlineData("agent", "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7", "once", "1", false)]
    [InlineData("agent", "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e\n", "once", "1", false)]
    [InlineData("agent", "USD", "always", "1", false)]
    [InlineData("agent", "USD", "once", "-1", false)]
    [InlineData("agent", "USD", "once", "1.0", false)]
    [InlineData("agent", "USD", "once", "1e3", false)]
    [InlineData("agent", "USD", "once", " 1", false)]
    [InlineData("agent", "USD", "once", "", false)]
    public void Limit_IsReadOrRefused(string scope, string asset, string window, string amount, bool isLimit) =>
        Assert.Equal(isLimit ? null : "invalid_budget", BudgetLimit.Create(scope, asset, window, amount).Refusal?.Code);

    [Theory]
    [InlineData(BudgetBounds.Limits, null)]
    [InlineData(BudgetBounds.Limits + 1, "invalid_budget")]
    public void Limits_AreBounded(int count, string? code) =>
        Assert.Equal(code, _agent.Set([.. Enumerable.Range(0, count).Select(n => FakeLedger.Limit($"tool:t{n}", "USD", "once", 1))]).Refusal?.Code);

    [Fact]
    public void Limits_OnTheSame_AreRefused() => Assert.Equal(
        "invalid_budget", _agent.Set(FakeLedger.Limit("agent", "USD", "once", 1), FakeLedger.Limit("agent", "USD", "once", 2)).Refusal?.Code);

    [Fact]
    public void Defaults_AreInForceUntilOthersAreSet()
    {
        Assert.Equal((UInt128)100, _agent.First().Available);
        _agent.Rules = new([FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 70)]);
        Assert.Equal((UInt128)70, _agent.First().Available);
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 50));
        _agent.Rules = new([FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 1000)]);
        Assert.Equal((UInt128)50, _agent.First().Available);
    }

    [Theory]
    [InlineData(59, 0)]
    [InlineData(60, 0)]
    [InlineData(61, 1)]
    public void LoweredLimit_CountsWhatWasSpentAndIsHeld(int limit, int available)
    {
        _agent.Spend("posted", 40);
        _agent.Hold("held", 20);
        Assert.Null(_agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", (UInt128)limit)).Refusal);
        Assert.Equal(((UInt128)40, (UInt128)20, UInt128.Zero, (UInt128)available), _agent.First());
        Assert.Equal("budget_exceeded", _agent.Hold("more", (UInt128)available + 1).Refusal?.Code);
    }

    [Fact]
    public void Limit_SetAgain_HasNotForgotten()
    {
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "once", 1000), FakeLedger.Limit("tool:shop", FakeLedger.Usdc, "rolling:1h", 10));
        _agent.Spend("one", 6, tool: "shop");
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "once", 1000));
        _agent.Spend("meanwhile", 3, tool: "shop");
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "once", 1000), FakeLedger.Limit("tool:shop", FakeLedger.Usdc, "rolling:1h", 10));
        Assert.Equal((UInt128)1, FakeLedger.Of(_agent.Ledger.View(_agent.Rules, _agent.Now)[1]).Available);
    }

    [Theory]
    [InlineData("rolling:48h", 40)]
    [InlineData("calendar:day:UTC", 40)]
    [InlineData("once", 40)]
    [InlineData("rolling:1h", 0)]
    public void Limit_OfAnotherWindow_CountsWhatIsKnownOfIt(string window, int posted)
    {
        _agent.Spend("two hours ago", 40);
        _agent.Now += TimeSpan.FromHours(2);
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, window, 100));
        Assert.Equal((UInt128)posted, _agent.First().Posted);
    }

    [Fact]
    public void Meters_AreBounded()
    {
        var agent = FakeLedger.Limit("agent", FakeLedger.Usdc, "once", 10_000);
        for (var n = 0; n < 200; n++)
        {
            _agent.Set(agent, FakeLedger.Limit($"tool:t{n}", FakeLedger.Usdc, "once", 10));
            _agent.Spend($"hold {n}", 1, tool: $"t{n}");
            _agent.Now += TimeSpan.FromMilliseconds(1);
        }

        Assert.Equal(BudgetBounds.Meters, _agent.Ledger.Meters.Length);
        Assert.Equal((UInt128)200, _agent.First().Posted);
    }

    [Fact]
    public void Meter_ThatKnowsNothing_GoesWithItsLimit()
    {
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:1h", 10));
        _agent.Spend("one", 1);
        _agent.Set();
        Assert.Single(_agent.Ledger.Meters);
        _agent.Now += TimeSpan.FromHours(1);
        _agent.Set();
        Assert.Empty(_agent.Ledger.Meters);
    }

    [Theory]
    [InlineData(49, "")]
    [InlineData(50, "50")]
    [InlineData(79, "50")]
    [InlineData(80, "50,80")]
    [InlineData(94, "50,80")]
    [InlineData(95, "50,80,95")]
    [InlineData(100, "50,80,95")]
    public void Thresholds_AreToldWhenTheyAreReached(int amount, string percents)
    {
        _agent.Hold("one", (UInt128)amount);
        Assert.Equal(percents, Told());
    }

    [Theory]
    [InlineData(7, 4, "50")]
    [InlineData(7, 3, "")]
    [InlineData(1, 1, "50,80,95")]
    [InlineData(0, 0, "")]
    public void Thresholds_OfSmallLimitsAreRoundedUp(int limit, int amount, string percents)
    {
        _agent.Rules = new([FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", (UInt128)limit)]);
        _agent.Hold("one", (UInt128)amount);
        Assert.Equal(percents, Told());
    }

    [Fact]
    public void Threshold_IsToldOnceInAWindow()
    {
        _agent.Hold("one", 50);
        Assert.Equal("50", Told());
        _agent.Void("one");
        _agent.Hold("two", 50);
        Assert.Equal("", Told());
        _agent.Hold("three", 30);
        Assert.Equal("80", Told());
        _agent.Void("two");
        _agent.Void("three");
        _agent.Now += TimeSpan.FromHours(24);
        _agent.Hold("next", 50);
        Assert.Equal("50", Told());
    }

    [Fact]
    public void Threshold_IsToldAgainOfAnotherLimit()
    {
        _agent.Hold("one", 50);
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 200));
        Assert.Equal("", Told());
        _agent.Hold("two", 50);
        Assert.Equal("50", Told());
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 120));
        Assert.Equal("80", Told());
    }

    [Fact]
    public void Facts_SayWhatHappened()
    {
        _agent.Hold("p1", 60, session: "aaaaaaaaaaaaaaaaaaaaaaaaaa", tool: "shop");
        Assert.Equal(
            [
                $$"""payment aaaaaaaaaaaaaaaaaaaaaaaaaa {"hold":"p1","state":"held","asset":"{{FakeLedger.Usdc}}","amount":"60","tool":"shop"}""",
                $$"""budget aaaaaaaaaaaaaaaaaaaaaaaaaa {"scope":"agent","asset":"{{FakeLedger.Usdc}}","window":"rolling:24h","percent":50,"posted":"0","held":"60","limit":"100"}""",
            ],
            _agent.Facts.Select(fact => $"{fact.Type} {fact.Session} {fact.Data}"));
        _agent.Post("p1", 55);
        Assert.Equal([$$"""payment {"hold":"p1","state":"posted","asset":"{{FakeLedger.Usdc}}","amount":"55","tool":"shop"}"""], _agent.Facts.Select(fact => $"{fact.Type} {fact.Data}"));
        _agent.Hold("m1", 1, HoldKind.Model);
        Assert.Empty(_agent.Facts);
    }

    // The bound that docs/limits.md names: everything as often and as long as it may be.
    [Fact]
    public void Ledger_HasABoundedSize()
    {
        const string Id = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
        var tool = new string('t', BudgetBounds.ToolCharacters);
        var asset = "eip155:" + new string('9', 32) + "/erc20:0x" + new string('f', 40);
        var window = BudgetWindow.TryParse("calendar:month:America/Argentina/ComodRivadavia")!;
        var hold = new FundsHold(
            new string('i', BudgetBounds.HoldIdCharacters), HoldKind.Payment, asset, UInt128.MaxValue, UInt128.MaxValue, HoldState.Unknown, UInt128.MaxValue, Id, tool,
            _agent.Now, _agent.Now, _agent.Now);
        var slice = new MeterSlice(_agent.Now, UInt128.MaxValue);
        var ledger = new Ledger(
            _agent.Now,
            [.. Enumerable.Repeat(new BudgetLimit(Session, asset, window, UInt128.MaxValue), BudgetBounds.Limits)],
            [.. Enumerable.Repeat(new Meter(BudgetScopes.Tool(tool), asset, window, [.. Enumerable.Repeat(slice, 61)], slice, new ToldThreshold(95, _agent.Now)), BudgetBounds.Meters)],
            [.. Enumerable.Repeat(hold, BudgetBounds.OpenHolds)],
            [.. Enumerable.Repeat(hold, BudgetBounds.SettledHolds)]);
        Assert.InRange(JsonSerializer.Serialize(ledger, FakeAgent.Json).Length, 400 * 1024, 900 * 1024);
    }

    [Fact]
    public void Ledger_OfAnAgentThatSpends_IsSmall()
    {
        _agent.Rules = new([FakeLedger.Limit("agent", BudgetAssets.Usd, "rolling:24h", 50_000_000), FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 50_000_000)]);
        for (var n = 0; n < 120; n++)
        {
            _agent.Hold($"{n}/1", 30_000, HoldKind.Model, BudgetAssets.Usd);
            _agent.Post($"{n}/1", 12_345);
            _agent.Now += TimeSpan.FromMinutes(12);
        }

        Assert.InRange(JsonSerializer.Serialize(_agent.Ledger, FakeAgent.Json).Length, 1000, 2048);
    }

    private string Told() => string.Join(
        ',', _agent.Facts.Where(fact => fact.Type == FactTypes.Budget).Select(fact => JsonDocument.Parse(fact.Data).RootElement.GetProperty("percent").GetInt32()));
}
