using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Budgets;

/// <summary>The limits.</summary>
public sealed partial record Ledger
{
    /// <summary>
    /// Sets all limits of the agent. What was spent and is held stays: a limit below it has nothing available. A limit that has room for the overrun
    /// it is locked by takes it as spent and is open again.
    /// </summary>
    /// <param name="limits">The limits; none: the agent spends nothing.</param>
    /// <param name="rules">How budgets are set up.</param>
    /// <param name="now">The time.</param>
    public Result<LimitsStep> SetLimits(ImmutableArray<BudgetLimit> limits, BudgetRules rules, DateTimeOffset now)
    {
        if (Check(limits) is { } refusal)
            return refusal;
        var ledger = (Advance(rules, now) with { Limits = limits }).WithMeters(rules);
        foreach (var limit in limits)
        {
            var meter = ledger.MeterOf(limit);
            ledger = ledger.Replace(meter, meter.Forgive(limit.Amount, ledger.SeenAt) with { Told = ledger.StillReached(limit, meter) });
        }

        var (told, facts) = ledger.Tell(rules, SessionNames.Default);
        return new LimitsStep(told, [.. LedgerFacts.OfPayments(this, told), .. facts]);
    }

    /// <summary>How each limit in force stands at a time.</summary>
    /// <param name="rules">How budgets are set up.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<BudgetView> View(BudgetRules rules, DateTimeOffset now)
    {
        var ledger = Advance(rules, now);
        return [.. ledger.InForce(rules).Select(ledger.ViewOf)];
    }

    /// <summary>Why limits cannot be in force together; null: they can.</summary>
    public static Refusal? Check(ImmutableArray<BudgetLimit> limits)
    {
        if (limits.Length > BudgetBounds.Limits)
            return BudgetRefusals.TooManyLimits;
        return limits.DistinctBy(limit => (limit.Scope, limit.Asset, limit.Window)).Count() < limits.Length ? BudgetRefusals.LimitTwice : null;
    }

    private BudgetView ViewOf(BudgetLimit limit)
    {
        var meter = MeterOf(limit);
        return new BudgetView(
            limit, meter.Posted, HeldBy(limit.Scope, limit.Asset), meter.Overrun?.Amount ?? 0, AvailableOf(limit), meter.ResetsAt(SeenAt));
    }

    /// <summary>What was told stays told as far as it is so under the new limit.</summary>
    private ToldThreshold? StillReached(BudgetLimit limit, Meter meter)
    {
        var used = Amounts.Plus(meter.Posted, HeldBy(limit.Scope, limit.Asset));
        var reached = Thresholds.LastOrDefault(percent => percent <= (meter.Told?.Percent ?? 0) && HasReached(limit.Amount, percent, used));
        return reached == 0 ? null : meter.Told! with { Percent = reached };
    }
}
