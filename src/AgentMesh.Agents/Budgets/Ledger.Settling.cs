using AgentMesh.Primitives;

namespace AgentMesh.Agents.Budgets;

/// <summary>What becomes of holds.</summary>
public sealed partial record Ledger
{
    /// <summary>
    /// It was spent, all or in part: that counts from now on, and the rest is free again. What a model has cost beyond its hold is kept as its
    /// overrun, which locks the limits that it counts for. A repeat changes nothing, whatever it says.
    /// </summary>
    /// <param name="holdId">The hold.</param>
    /// <param name="actual">What it has cost, in atomic units.</param>
    /// <param name="rules">How budgets are set up.</param>
    /// <param name="now">The time.</param>
    public Result<LedgerStep> Post(string holdId, UInt128 actual, BudgetRules rules, DateTimeOffset now)
    {
        var ledger = Advance(rules, now);
        switch (ledger.Find(holdId))
        {
            case null:
                return BudgetRefusals.HoldNotFound;
            case { State: HoldState.Posted } posted:
                return new LedgerStep(this, posted, []);
            case { State: HoldState.Voided }:
                return BudgetRefusals.HoldVoided;
            case { Kind: not HoldKind.Model } payment when actual > payment.Amount:
                return BudgetRefusals.HoldTooSmall;
            case { } hold:
                var spent = UInt128.Min(actual, hold.Amount);
                return StepTo(ledger.Spend(hold, spent, actual - spent), hold.Settle(HoldState.Posted, spent, ledger.SeenAt));
        }
    }

    /// <summary>Nothing of it was spent: all of it is free again. A repeat changes nothing.</summary>
    /// <param name="holdId">The hold.</param>
    /// <param name="rules">How budgets are set up.</param>
    /// <param name="now">The time.</param>
    public Result<LedgerStep> Void(string holdId, BudgetRules rules, DateTimeOffset now)
    {
        var ledger = Advance(rules, now);
        switch (ledger.Find(holdId))
        {
            case null:
                return BudgetRefusals.HoldNotFound;
            case { State: HoldState.Voided } voided:
                return new LedgerStep(this, voided, []);
            case { State: HoldState.Posted }:
                return BudgetRefusals.HoldPosted;
            case { } hold:
                var after = hold.Settle(HoldState.Voided, 0, ledger.SeenAt);
                return StepTo(ledger.Close(after), after);
        }
    }

    /// <summary>It may have been spent, and counts as spent until it is posted or voided. Changes nothing of a hold that is.</summary>
    /// <param name="holdId">The hold.</param>
    /// <param name="rules">How budgets are set up.</param>
    /// <param name="now">The time.</param>
    public Result<LedgerStep> MarkUnknown(string holdId, BudgetRules rules, DateTimeOffset now)
    {
        var ledger = Advance(rules, now);
        switch (ledger.Find(holdId))
        {
            case null:
                return BudgetRefusals.HoldNotFound;
            case { State: HoldState.Held } hold:
                var after = hold with { State = HoldState.Unknown };
                return StepTo(ledger.Replace(after), after);
            case { } known:
                return StepTo(ledger, known);
        }
    }

    private LedgerStep StepTo(Ledger ledger, FundsHold hold) => new(ledger, hold, LedgerFacts.OfPayments(this, ledger));

    /// <summary>Counts what a hold has cost in every window it counts for, those of earlier limits included.</summary>
    private Ledger Spend(FundsHold hold, UInt128 spent, UInt128 overrun)
    {
        var charged = hold.Grant is not null
            ? SpendOf(hold, spent, overrun)
            : this with { Meters = [.. Meters.Select(meter => hold.CountsFor(meter.Scope, meter.Asset) ? meter.Charge(spent, SeenAt).ChargeOverrun(overrun, SeenAt) : meter)] };
#if PLANTED_BUGS
        if (PlantedBugs.Is("double_settle"))
            charged = charged with { Meters = [.. charged.Meters.Select(meter => hold.CountsFor(meter.Scope, meter.Asset) ? meter.Charge(spent, SeenAt) : meter)] };
#endif
        return charged.Close(hold.Settle(HoldState.Posted, spent, SeenAt));
    }

    /// <summary>A hold that is over is not open any more. One of a model is forgotten: its turn knows what became of it.</summary>
    private Ledger Close(FundsHold hold)
    {
        var settled = hold.Kind == HoldKind.Model ? Settled : Settled.Add(hold);
        return this with
        {
            Open = Open.RemoveAll(other => other.Id == hold.Id),
            Settled = settled.Length > BudgetBounds.SettledHolds ? settled.RemoveAt(0) : settled,
        };
    }
}
