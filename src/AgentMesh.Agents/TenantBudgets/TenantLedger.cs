using System.Collections.Immutable;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.TenantBudgets;

/// <summary>
/// What the agents of a tenant may spend together. Processes take parts of it, each for a time, and give out of them without asking; a part counts as
/// spent until its holder says what was. State key <c>budget</c>; not there before a limit was set. Every verb is safe to repeat.
/// </summary>
/// <param name="SeenAt">The latest time it has seen: for it, time does not go back.</param>
/// <param name="Limits">What may be spent, of the scope <see cref="Scope"/>.</param>
/// <param name="Meters">What was spent.</param>
/// <param name="Leases">Parts in the hands of processes, and for a time those that are over.</param>
public sealed partial record TenantLedger(
    DateTimeOffset SeenAt, ImmutableArray<BudgetLimit> Limits, ImmutableArray<Meter> Meters, ImmutableArray<StoredLease> Leases)
{
    /// <summary>What its limits hold for.</summary>
    public const string Scope = "tenant";

    /// <summary>The ledger of a tenant without limits.</summary>
    public static TenantLedger Empty { get; } = new(DateTimeOffset.UnixEpoch, [], [], []);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.TenantLedger;

    /// <summary>The assets that have a limit.</summary>
    internal IEnumerable<string> Assets => Limits.Select(limit => limit.Asset);

    /// <summary>The ledger at a time: leases that were not heard of are spent, what has left its window does not count.</summary>
    public TenantLedger Advance(DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var ledger = this with { SeenAt = now > SeenAt ? now : SeenAt };
        // By their ends, because a meter takes what comes later only; none of them ended before anything was last posted, or it would be over.
        foreach (var lease in Leases.Where(lease => lease.EndedAt is null && lease.Until <= ledger.SeenAt).OrderBy(lease => lease.Until))
        {
            var latest = lease.Until + TenantBudgetLimits.ClockTolerance;
            ledger = ledger
                .Charge(lease.Asset, lease.Open, latest < ledger.SeenAt ? latest : ledger.SeenAt)
                .With(lease.End(lease.Granted, ledger.SeenAt));
        }

        var over = ledger.Leases.Where(lease => lease.EndedAt is not null).OrderByDescending(lease => lease.EndedAt)
            .Where((lease, n) => n >= TenantBudgetLimits.Leases || ledger.SeenAt - lease.EndedAt >= TenantBudgetLimits.RepeatTime);
        return (ledger with { Leases = ledger.Leases.RemoveRange(over) }).WithMeters();
    }

    /// <summary>The limit as one of a tenant.</summary>
    public static BudgetLimit ToLimit(BudgetLimit limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        return limit with { Scope = Scope };
    }

    /// <summary>Sets all limits. What was spent stays, and what processes have stays theirs until they are heard of.</summary>
    /// <param name="limits">Those of <see cref="ToLimit"/>; none: the tenant limits nothing.</param>
    /// <param name="now">The time.</param>
    public Result<TenantLedger> SetLimits(ImmutableArray<BudgetLimit> limits, DateTimeOffset now)
    {
        return Check(limits) is { } refusal ? refusal : (Advance(now) with { Limits = limits }).WithMeters();
    }

    /// <summary>How each limit stands at a time.</summary>
    public ImmutableArray<BudgetView> View(DateTimeOffset now)
    {
        var ledger = Advance(now);
        return [.. ledger.Limits.Select(ledger.ViewOf)];
    }

    private static Refusal? Check(ImmutableArray<BudgetLimit> limits)
    {
        if (limits.Length > TenantBudgetLimits.Limits)
            return TenantBudgetRefusals.TooManyLimits;
        return limits.DistinctBy(limit => (limit.Asset, limit.Window)).Count() < limits.Length ? BudgetRefusals.LimitTwice : null;
    }

    /// <summary>Counts what was spent in every window that it counts for, those of earlier limits included.</summary>
    private TenantLedger Charge(string asset, UInt128 amount, DateTimeOffset at) =>
        this with { Meters = [.. Meters.Select(meter => meter.Asset == asset ? meter.Charge(amount, at) : meter)] };

    private TenantLedger With(StoredLease lease) =>
        this with { Leases = Leases.Any(other => other.Id == lease.Id) ? [.. Leases.Select(other => other.Id == lease.Id ? lease : other)] : Leases.Add(lease) };

    private TenantLedger WithMeters() => this with
    {
        Meters = Meter.Of(Limits, Meters, meter => HeldOf(meter.Asset) > 0, TenantBudgetLimits.Meters, SeenAt),
    };

    private Meter MeterOf(BudgetLimit limit) => Meters.First(meter => meter.IsOf(limit));

    /// <summary>What processes have of an asset.</summary>
    private UInt128 HeldOf(string asset) => Amounts.Sum(Leases.Where(lease => lease.Asset == asset).Select(lease => lease.Open));

    private BudgetView ViewOf(BudgetLimit limit)
    {
        var meter = MeterOf(limit);
        var held = HeldOf(limit.Asset);
        return new BudgetView(
            limit, meter.Posted, held, 0, Amounts.Minus(limit.Amount, Amounts.Plus(meter.Posted, held)), meter.ResetsAt(SeenAt));
    }
}
