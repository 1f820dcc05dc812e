using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Tests.Events;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>What is stored when the ledger alone has changed: with it what the event log is to have of that, and never one without the other.</summary>
public sealed class BudgetChangesTests
{
    private const long Epoch = 1L << 33;

    private readonly FakeLedger _agent = new();

    private AgentHead _head;

    public BudgetChangesTests() => _head = AgentHead.Unborn(_agent.Now);

    private TurnInputs Inputs => new(_head, null, null);

    [Fact]
    public void Change_HasTheLedgerAndAnEventForEachFact()
    {
        _agent.Hold("one", 60);
        var change = BudgetChanges.Of(Inputs, _agent.Ledger, _agent.Facts, Epoch).Value!;
        Assert.Same(_agent.Ledger, change.Ledger);
        Assert.Equal((Epoch, 2), (change.Head.Epoch, change.Head.LastSeq));
        Assert.Equal(["payment", "budget"], StoredFacts.Of(_head, change).Select(fact => fact.Type));
        Assert.Equal(_agent.Facts, StoredFacts.Of(_head, change));
    }

    [Fact]
    public void Change_WithoutFacts_LeavesTheLogAsItIs()
    {
        var change = BudgetChanges.Of(Inputs, _agent.Ledger, [], Epoch).Value!;
        Assert.Equal((Epoch, 0), (change.Head.Epoch, change.Head.LastSeq));
        Assert.Empty(change.Events);
    }

    [Fact]
    public void Limits_OfAnAgent_AreStoredWithThePaymentsThatTimeHasEnded()
    {
        _agent.Hold("one", 20, expiresMs: 1000);
        _agent.Now += TimeSpan.FromMilliseconds(1000);
        _agent.Set(FakeLedger.Limit("agent", FakeLedger.Usdc, "rolling:24h", 40));
        var facts = StoredFacts.Of(_head, BudgetChanges.Of(Inputs, _agent.Ledger, _agent.Facts, Epoch).Value!);
        Assert.Equal(["payment", "budget"], facts.Select(fact => fact.Type));
        Assert.Contains("\"state\":\"unknown\"", facts.First().Data, StringComparison.Ordinal);
    }

    /// <summary>To the millisecond, and at the clock of budgets: the reminder's may be ahead of it, and the hold waits for the next tick.</summary>
    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void Hold_ExpiresWhenItIsDue(int milliseconds, bool isOver)
    {
        _agent.Hold("payment", 20, expiresMs: 1000);
        _agent.Hold("model", 30, HoldKind.Model, expiresMs: 1000);
        _agent.Hold("later", 1, expiresMs: 5000);
        var expired = BudgetChanges.Expire(Inputs, _agent.Ledger, _agent.Rules, Epoch, _agent.Now.AddMilliseconds(1000 + milliseconds)).Value!;
        if (!isOver)
        {
            Assert.Null(expired.Change);
            return;
        }

        var change = expired.Change!;
        Assert.Equal(Epoch, change.Head.Epoch);
        Assert.Equal(HoldState.Unknown, change.Ledger!.Find("payment")!.State);
        Assert.Null(change.Ledger.Find("model"));
        Assert.Equal(_agent.Now.AddMilliseconds(5000), change.Ledger.NextDue);
        var fact = Assert.Single(StoredFacts.Of(_head, change));
        Assert.Equal($$"""{"hold":"payment","state":"unknown","asset":"{{FakeLedger.Usdc}}","amount":"20"}""", fact.Data);
    }

    /// <summary>The head says that a hold is due, and there is none: half of a transaction was left behind, and is made good by what is stored.</summary>
    [Fact]
    public void Ledger_InWhichNothingWillEverExpire_IsStoredForTheHeadToKnow()
    {
        _agent.Spend("one", 20);
        var change = BudgetChanges.Expire(Inputs, _agent.Ledger, _agent.Rules, Epoch, _agent.Now).Value!.Change!;
        Assert.Null(change.Ledger!.NextDue);
        Assert.Empty(change.Events);
    }

    [Theory]
    [InlineData(true, "agent_erasing")]
    [InlineData(false, "agent_quarantined")]
    public void AgentThatCannotBeWritten_KeepsItsLedger(bool isErasing, string code)
    {
        // Of an agent with two events their page is missing.
        _head = isErasing ? _head with { IsErasing = true } : _head with { LastSeq = 2 };
        _agent.Hold("one", 60, expiresMs: 1000);
        Assert.Equal(code, BudgetChanges.Of(Inputs, _agent.Ledger, _agent.Facts, Epoch).Refusal?.Code);
        Assert.Equal(code, BudgetChanges.Expire(Inputs, _agent.Ledger, _agent.Rules, Epoch, _agent.Now.AddSeconds(1)).Refusal?.Code);
    }
}
