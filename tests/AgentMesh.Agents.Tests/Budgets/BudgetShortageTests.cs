using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>What who gets no hold is told: which limit, and when time alone will have made room.</summary>
public sealed class BudgetShortageTests
{
    private readonly FakeLedger _agent = new();

    /// <summary>Of 100 a quarter and a half were spent, an hour apart: the whole limit is free when all of that has left.</summary>
    [Theory]
    [InlineData(26, 24)]
    [InlineData(50, 24)]
    [InlineData(51, 25)]
    [InlineData(100, 25)]
    [InlineData(101, null)]
    public void Room_IsMadeByAsMuchAsHasToLeave(int amount, int? hours)
    {
        _agent.Spend("first", 25);
        var spent = _agent.Now;
        _agent.Now += TimeSpan.FromHours(1);
        _agent.Spend("second", 50);
        Assert.Equal(hours is { } later ? spent.AddHours(later) : null, Shortage((UInt128)amount).ResetsAt);
    }

    /// <summary>Of a limit of 80, 30 are held: time makes room for 50, however much was spent under a higher limit.</summary>
    [Theory]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void Room_IsNotMadeByTimeWhereItIsHeld(int amount, bool isMade)
    {
        _agent.Spend("spent", 70);
        _agent.Hold("held", 30);
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 80));
        Assert.Equal(isMade ? _agent.Now.AddHours(24) : null, Shortage((UInt128)amount).ResetsAt);
    }

    [Theory]
    [InlineData("once", null)]
    [InlineData("rolling:24h", 24)]
    [InlineData("calendar:day:UTC", 12)]
    public void LockedLimit_IsOpenWhenItsWindowIsOver(string window, int? hours)
    {
        _agent.Rules = new([FakeLedger.Limit("agent", FakeLedger.Usdc, window, 100)]);
        _agent.Hold("model", 10, HoldKind.Model);
        _agent.Post("model", 11);
        Assert.Equal(hours is { } later ? _agent.Now.AddHours(later) : null, Shortage(1).ResetsAt);
    }

    /// <summary>In words that a user can act on: what of, whose, in which time and how much there is.</summary>
    [Theory]
    [InlineData("model", BudgetAssets.Usd, "budget_no_limit", "USD")]
    [InlineData("model", FakeLedger.Usdc, "budget_locked", "agent", FakeLedger.Usdc, "rolling:24h")]
    [InlineData("payment", FakeLedger.Usdc, "budget_exceeded", "agent", FakeLedger.Usdc, "rolling:24h", "90")]
    public void Detail_NamesTheLimit(string before, string asset, string code, params string[] words)
    {
        var kind = before == "model" ? HoldKind.Model : HoldKind.Payment;
        _agent.Hold(before, 10, kind);
        _agent.Post(before, kind == HoldKind.Model ? 11u : 10u);
        var refusal = _agent.Hold("more", 91, asset: asset).Refusal!;
        Assert.Equal(code, refusal.Code);
        Assert.All(words, word => Assert.Contains($" {word} ", refusal.Detail.Replace(',', ' '), StringComparison.Ordinal));
    }

    /// <summary>A limit of which nothing was spent begins anew with its calendar; a rolling one has nothing to let go of.</summary>
    [Theory]
    [InlineData("once", 0, null)]
    [InlineData("once", 10, null)]
    [InlineData("rolling:24h", 0, null)]
    [InlineData("rolling:24h", 10, 24)]
    [InlineData("calendar:day:UTC", 0, 12)]
    [InlineData("calendar:day:UTC", 10, 12)]
    public void View_SaysWhenTheWindowBeginsAnew(string window, int spent, int? hours)
    {
        _agent.Rules = new([FakeLedger.Limit("agent", FakeLedger.Usdc, window, 100)]);
        _agent.Spend("spent", (UInt128)spent);
        Assert.Equal(hours is { } later ? _agent.Now.AddHours(later) : null, _agent.View()[0].ResetsAt);
    }

    private BudgetShortage Shortage(UInt128 amount) => Assert.IsType<BudgetRefusal>(_agent.Hold("more", amount).Refusal).Shortage;
}
