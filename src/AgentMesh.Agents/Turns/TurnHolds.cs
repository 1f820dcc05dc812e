using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Events;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Turns;

/// <summary>What one change of an agent does to the holds for its models.</summary>
internal sealed class TurnHolds(TurnFunds funds, Action<FactEntry> note)
{
    /// <summary>The ledger so far.</summary>
    internal Ledger Ledger { get; private set; } = funds.Ledger;

    /// <summary>True when it is another than the stored one.</summary>
    internal bool IsChanged => !ReferenceEquals(Ledger, funds.Ledger);

    /// <summary>Takes the hold of a turn's last try.</summary>
    internal Result<long> Take(OpenTurn turn, CallFunding call) => Take(RequestOf(turn, call.WantedMicroUsd, call.LeastMicroUsd));

    /// <summary>Takes a hold.</summary>
    /// <returns>What is held, USD micro-units.</returns>
    internal Result<long> Take(HoldRequest request)
    {
        var step = Hold(Ledger, request);
        if (step.IsRefused)
            return step.Refusal;
        Take(step.Value);
        return (long)step.Value.Hold.Amount;
    }

    /// <summary>Settles a hold, if it is open.</summary>
    /// <param name="holdId">Its id.</param>
    /// <param name="actualMicroUsd">What the try has cost; null: not known, so that all of the hold counts.</param>
    /// <returns>What counts.</returns>
    internal long Settle(string holdId, long? actualMicroUsd)
    {
        // Not there: it has expired, and counts in full.
        if (Ledger.Find(holdId) is not { IsOpen: true } hold)
            return 0;
        var actual = actualMicroUsd is { } known ? (UInt128)Math.Max(known, 0) : hold.Amount;
        // Nothing is posted too: a model's hold is forgotten when it is over, so that voiding it would leave the same.
        if (Ledger.Post(hold.Id, actual, funds.Rules, funds.Now).Value is { } settled)
            Take(settled);
        return (long)UInt128.Min(actual, long.MaxValue);
    }

    /// <summary>Looks whether paused turns would get what they need, each beside those before it. Changes nothing.</summary>
    internal IEnumerable<(OpenTurn Turn, Refusal? Refusal)> Try(IEnumerable<OpenTurn> paused)
    {
        var ledger = Ledger;
        foreach (var turn in paused)
        {
            var needed = turn.Pause!.NeededMicroUsd;
            var step = Hold(ledger, RequestOf(turn with { Attempt = turn.Attempt + 1, Call = 1 }, needed, needed));
            ledger = step.Value?.Ledger ?? ledger;
            yield return (turn, step.Refusal);
        }
    }

    private Result<LedgerStep> Hold(Ledger ledger, HoldRequest request) => funds.Gate is { } gate ? gate : ledger.Hold(request, funds.Rules, funds.Now);

    private HoldRequest RequestOf(OpenTurn turn, long wantedMicroUsd, long leastMicroUsd) => new(
        turn.HoldId, HoldKind.Model, BudgetAssets.Usd, (UInt128)wantedMicroUsd, (UInt128)leastMicroUsd, turn.Session, null,
        turn.Deadline + TurnLimits.HoldSlack)
    {
        Grant = Ledger.GrantOf(TurnId.Of(turn.Turn), BudgetAssets.Usd),
    };

    private void Take(LedgerStep step)
    {
        Ledger = step.Ledger;
        foreach (var fact in step.Facts)
            note(fact);
    }
}
