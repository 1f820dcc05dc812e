using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Budgets;

/// <summary>
/// What an agent may spend, has set aside and has spent. State key <c>ledger</c>; not there before something was held or a limit was set. Every verb
/// is safe to repeat, and a refused one changes nothing.
/// </summary>
/// <param name="SeenAt">The latest time it has seen: for it, time does not go back.</param>
/// <param name="Limits">The agent's own limits; null: the defaults are in force.</param>
/// <param name="Meters">What was spent.</param>
/// <param name="Open">Holds that are neither posted nor voided, in the order they were taken.</param>
/// <param name="Settled">Payment holds that are, in the order they were settled, while they are remembered.</param>
public sealed partial record Ledger(
    DateTimeOffset SeenAt,
    ImmutableArray<BudgetLimit>? Limits,
    ImmutableArray<Meter> Meters,
    ImmutableArray<FundsHold> Open,
    ImmutableArray<FundsHold> Settled)
{
    /// <summary>The ledger of an agent that has spent nothing.</summary>
    public static Ledger Empty { get; } = new(DateTimeOffset.UnixEpoch, null, [], [], []);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.Ledger;

    /// <summary>Money of other agents that turns of this one may spend.</summary>
    [JsonRequired]
    public ImmutableArray<FundsGrant> Grants { get; init; } = [];

    /// <summary>When time alone will change a hold; null: never.</summary>
    [JsonIgnore]
    public DateTimeOffset? NextDue => Open.Min(hold => hold.NextDue);

    /// <summary>The hold of that id; null when there is none or it is forgotten.</summary>
    public FundsHold? Find(string holdId) => Open.FirstOrDefault(hold => hold.Id == holdId) ?? Settled.LastOrDefault(hold => hold.Id == holdId);

    /// <summary>The ledger at a time: what has expired is over, what has left its window does not count.</summary>
    public Ledger Advance(BudgetRules rules, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rules);
        now = now.WholeMilliseconds();
        var ledger = this with { SeenAt = now > SeenAt ? now : SeenAt };
        ledger = ledger.WithMeters(rules);
        foreach (var hold in Open.Where(hold => hold.NextDue <= ledger.SeenAt))
            ledger = ledger.Expire(hold);
        return ledger with { Settled = ledger.Settled.RemoveAll(hold => ledger.SeenAt - hold.SettledAt >= BudgetBounds.RetryTime) };
    }

    /// <summary>
    /// What stays of it when the agent is erased: what was spent, so that no limit begins anew, and the limits. What a model may have cost is spent, and what
    /// others may have spent: its turn is gone, and a new one may have its name.
    /// </summary>
    /// <param name="rules">How budgets are set up.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null: there is nothing that a ledger begun anew would not know.</returns>
    public Ledger? WithoutAgent(BudgetRules rules, DateTimeOffset now)
    {
        var ledger = Advance(rules, now);
        foreach (var hold in ledger.Open.Where(hold => hold.Kind != HoldKind.Payment))
            ledger = ledger.Spend(hold, hold.Amount, 0);
        ledger = ledger with { Grants = [] };
        var isNew = ledger.Limits is null && ledger.Open.IsEmpty && ledger.Settled.IsEmpty && ledger.Meters.All(meter => meter.IsEmpty);
        return isNew ? null : ledger;
    }

    private ImmutableArray<BudgetLimit> InForce(BudgetRules rules) => Limits ?? rules.Defaults;

    /// <summary>What is held of an asset by a scope.</summary>
    private UInt128 HeldBy(string scope, string asset) => Amounts.Sum(Open.Where(hold => hold.CountsFor(scope, asset)).Select(hold => hold.Amount));

    private Meter MeterOf(BudgetLimit limit) => Meters.First(meter => meter.IsOf(limit));

    private Ledger Replace(FundsHold hold) => this with { Open = [.. Open.Select(other => other.Id == hold.Id ? hold : other)] };

    private Ledger Replace(Meter meter, Meter by) => this with { Meters = Meters.Replace(meter, by, ReferenceEqualityComparer.Instance) };

    private Ledger WithMeters(BudgetRules rules) => this with
    {
        Meters = Meter.Of(InForce(rules), Meters, meter => Open.Any(hold => hold.CountsFor(meter.Scope, meter.Asset)), BudgetBounds.Meters, SeenAt),
    };

    private Ledger Expire(FundsHold hold) => hold.Kind == HoldKind.Payment
        ? Replace(hold with { State = HoldState.Unknown })
        : Spend(hold, hold.Amount, 0);
}
