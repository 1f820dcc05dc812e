using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Summaries;

/// <summary>What writing a summary sets aside and costs: nothing waits for it, so it is paid for or not written.</summary>
public sealed class SummaryFundsTests
{
    private static readonly string Session = SessionId.Of("s", null);
    private readonly BudgetRules _rules = new([new BudgetLimit(BudgetScopes.Agent, BudgetAssets.Usd, BudgetWindow.TryParse("rolling:24h")!, 1000)]);
    private AgentHead _head = AgentHead.Unborn(FakeAgent.Start);
    private EventLogPage? _events;
    private Ledger _ledger = Ledger.Empty;
    private DateTimeOffset _now = FakeAgent.Start;
    private Refusal? _gate;

    private (long Posted, long Held) Budget => _ledger.View(_rules, _now) is [var view] ? ((long)view.Posted, (long)view.Held) : default;

    private TurnInputs Inputs => new(_head, _events, null) { Funds = new TurnFunds(_ledger, _rules, _now, _gate) };

    [Fact]
    public void Try_HasAHoldOfItsOwn_ForAnHour()
    {
        var funded = Hold(1, 600);
        Assert.Equal((600L, null), (funded.GrantedMicroUsd, funded.Refusal));
        Assert.Equal(FakeAgent.Epoch, funded.Change!.Head.Epoch);
        var hold = Assert.Single(_ledger.Open);
        Assert.Equal(
            ("summary:w:1", HoldKind.Model, "USD", Session, FakeAgent.Start.AddHours(1)), (hold.Id, hold.Kind, hold.Asset, hold.Session, hold.ExpiresAt));
        Assert.Equal((0, 600), Budget);
    }

    [Fact]
    public void NextTry_SettlesTheOneBefore()
    {
        Hold(1, 400);
        Hold(2, 300, last: 120);
        Assert.Equal((120, 300), Budget);
        // What it has cost is not known.
        Hold(3, 200);
        Assert.Equal((420, 200), Budget);
        // It has cost nothing.
        Hold(4, 100, last: 0);
        Assert.Equal((420, 100), Budget);
    }

    [Fact]
    public void RepeatedTry_FindsItsHold()
    {
        Hold(1, 400);
        var again = Hold(1, 400);
        Assert.Equal((null, 400L, null), (again.Change, again.GrantedMicroUsd, again.Refusal));
        Assert.Equal((0, 400), Budget);
    }

    [Theory]
    [InlineData(1001, 1000, 1000L)]
    [InlineData(1001, 1001, null)]
    public void Try_GetsWhatThereIs_WhenThatIsEnough(long wanted, long least, long? granted)
    {
        var funded = Hold(1, wanted, least);
        Assert.Equal((granted, granted is null ? "budget_exceeded" : null), (funded.GrantedMicroUsd, funded.Refusal?.Code));
        Assert.Equal(granted is null, funded.Change is null);
    }

    /// <summary>Also where there is no hold for the next try: what the one before has cost counts.</summary>
    [Fact]
    public void TryWithoutEnough_SettlesTheOneBefore()
    {
        Hold(1, 900);
        var refused = Hold(2, 900, 900, 800);
        Assert.Equal((null, "budget_exceeded"), (refused.GrantedMicroUsd, refused.Refusal?.Code));
        Assert.NotNull(refused.Change);
        Assert.Equal((800, 0), Budget);
    }

    [Fact]
    public void Gate_RefusesWhateverTheBudget()
    {
        _gate = new Refusal("tenant_frozen", "The tenant spends nothing.");
        var refused = Hold(1, 1);
        Assert.Equal((null, null, _gate), (refused.Change, refused.GrantedMicroUsd, refused.Refusal));
    }

    [Theory]
    [InlineData(250L, 250)]
    [InlineData(0L, 0)]
    [InlineData(null, 400)]
    public void End_SettlesTheLastTry_Once(long? cost, long posted)
    {
        Hold(1, 400);
        var settled = Settle(1, cost);
        Assert.Equal((null, null), (settled.GrantedMicroUsd, settled.Refusal));
        Assert.NotNull(settled.Change);
        Assert.Equal((posted, 0), Budget);
        Assert.Null(Settle(1, cost).Change);
        // Another try than the last, or none at all.
        Assert.Null(Settle(2, 7).Change);
        Assert.Equal((posted, 0), Budget);
    }

    [Fact]
    public void HoldThatHasExpired_CountsInFull()
    {
        Hold(1, 400);
        _now += TimeSpan.FromHours(1);
        Settle(1, 100);
        Assert.Equal(400, (long)_ledger.Advance(_rules, _now).View(_rules, _now)[0].Posted);
    }

    [Fact]
    public void AgentThatIsErased_SpendsNothing()
    {
        Hold(1, 400);
        _head = _head with { IsErasing = true };
        Assert.Equal("agent_erasing", SummaryFunds.Hold(Inputs, Session, "w", new CallFunding(2, 100, 1, null), FakeAgent.Epoch).Refusal?.Code);
        Assert.Equal("agent_erasing", SummaryFunds.Settle(Inputs, "w", 1, 100, FakeAgent.Epoch).Refusal?.Code);
    }

    private FundedSummary Hold(int number, long wanted, long least = 1, long? last = null) =>
        Stored(SummaryFunds.Hold(Inputs, Session, "w", new CallFunding(number, wanted, least, last), FakeAgent.Epoch).Value!);

    private FundedSummary Settle(int number, long? last) => Stored(SummaryFunds.Settle(Inputs, "w", number, last, FakeAgent.Epoch).Value!);

    private FundedSummary Stored(FundedSummary funded)
    {
        if (funded.Change is not { } change)
            return funded;
        (_head, _ledger) = (change.Head, change.Ledger!);
        _events = change.Events.Select(events => events.Page).LastOrDefault(_events);
        return funded;
    }
}
