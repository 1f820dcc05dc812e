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

    private ImmutableArray<BudgetLimit> InForce(BudgetRules rules) => Limits ?? rules.Defaults;

    /// <summary>What is held of an asset by a scope.</summary>
    private UInt128 HeldBy(string scope, string asset) => Amounts.Sum(Open.Where(hold => hold.CountsFor(scope, asset)).Select(hold => hold.Amount));

    private Meter MeterOf(BudgetLimit limit) => Meters.First(meter => meter.IsOf(limit));

    private Ledger Replace(FundsHold hold) => this with { Open = [.. Open.Select(other => other.Id == hold.Id ? hold : other)] };

    private Ledger Replace(Meter meter, Meter by) => this with { Meters = Meters.Replace(meter, by, ReferenceEqualityComparer.Instance) };

    /// <summary>A meter for each limit in force, and those of earlier limits that still know something.</summary>
    private Ledger WithMeters(BudgetRules rules)
    {
        var limits = InForce(rules);
        var rolled = Meters.Select(meter => meter.Roll(SeenAt)).ToImmutableArray();
        var used = limits.Select(limit => rolled.FirstOrDefault(meter => meter.IsOf(limit)) ?? Meter.For(limit, rolled, SeenAt)).ToImmutableArray();
        var left = rolled
            .Where(meter => !meter.IsEmpty && !limits.Any(meter.IsOf))
            .OrderByDescending(meter => meter.LastSpent)
            .Take(BudgetBounds.Meters - used.Length);
        return this with { Meters = [.. used, .. left] };
    }

    private Ledger Expire(FundsHold hold) => hold.Kind == HoldKind.Model
        ? Spend(hold, hold.Amount, 0)
        : Replace(hold with { State = HoldState.Unknown });
}
