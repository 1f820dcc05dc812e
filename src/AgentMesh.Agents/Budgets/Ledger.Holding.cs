using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Budgets;

/// <summary>Taking holds.</summary>
public sealed partial record Ledger
{
    /// <summary>Percentages of a limit that watchers are told of, each once in a window.</summary>
    private static readonly ImmutableArray<int> Thresholds = [50, 80, 95];

    /// <summary>Of a hold that is not kept: those that are have ids of payments and of turns.</summary>
    private const string NobodysId = "nobody's";

    /// <summary>
    /// Sets funds aside, on all scopes that limit it or on none: all that was asked for, or what is available when that is enough. A repeat finds
    /// the hold it got.
    /// </summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="rules">How budgets are set up.</param>
    /// <param name="now">The time.</param>
    /// <returns>Refused with a <see cref="BudgetRefusal"/> when a limit is reached.</returns>
    /// <exception cref="ArgumentException">The request contradicts itself.</exception>
    public Result<LedgerStep> Hold(HoldRequest request, BudgetRules rules, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        var ledger = Advance(rules, now);
        if (ledger.Find(request.Id) is { } earlier)
            return earlier.Answers(request) ? new LedgerStep(this, earlier, []) : BudgetRefusals.HoldIdReused;
        if (ledger.Open.Length >= BudgetBounds.OpenHolds)
            return BudgetRefusals.TooManyHolds;
        var granted = request.Grant is { } grant ? ledger.GrantFrom(grant, request) : ledger.Grant(request, rules);
        if (granted.IsRefused)
            return granted.Refusal;
        var hold = new FundsHold(
            request.Id, request.Kind, request.Asset, request.Amount, granted.Value, HoldState.Held, 0, request.Session, request.Tool,
            ledger.SeenAt, request.ExpiresAt.WholeMilliseconds(), null)
        {
            Grant = request.Grant,
        };
        var (told, facts) = (ledger with { Open = ledger.Open.Add(hold) }).Tell(rules, request.Session ?? SessionNames.Default);
        return new LedgerStep(told, hold, [.. LedgerFacts.OfPayments(this, told), .. facts]);
    }

    /// <summary>Why a payment would get no hold at a time; null: it would. Nothing is taken.</summary>
    /// <param name="asset">Of what.</param>
    /// <param name="amount">How much, in atomic units.</param>
    /// <param name="session">The session it would be spent in; null: in none.</param>
    /// <param name="tool">The tool that would spend it; null: none does.</param>
    /// <param name="rules">How budgets are set up.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">There can be no such session or tool.</exception>
    public Refusal? WhyNotToHold(string asset, UInt128 amount, string? session, string? tool, BudgetRules rules, DateTimeOffset now) =>
        Hold(new HoldRequest(NobodysId, HoldKind.Payment, asset, amount, amount, session, tool, now), rules, now).Refusal;

    /// <summary>How much a request gets.</summary>
    private Result<UInt128> Grant(HoldRequest request, BudgetRules rules)
    {
        var wanted = new FundsHold(
            request.Id, request.Kind, request.Asset, request.Amount, 0, HoldState.Held, 0, request.Session, request.Tool, SeenAt, request.ExpiresAt, null);
        var limits = InForce(rules).Where(limit => wanted.CountsFor(limit.Scope, limit.Asset)).ToImmutableArray();
        if (!limits.Any(limit => limit.Scope == BudgetScopes.Agent))
            return BudgetRefusals.NoLimit(request.Asset);
        if (limits.FirstOrDefault(limit => MeterOf(limit).Overrun is not null) is { } locked)
            return BudgetRefusals.Locked(ShortageOf(locked, request.Least));
        var narrowest = limits.MinBy(AvailableOf)!;
        var granted = UInt128.Min(request.Amount, AvailableOf(narrowest));
        return granted >= request.Least ? granted : BudgetRefusals.Exceeded(ShortageOf(narrowest, request.Least));
    }

    private UInt128 AvailableOf(BudgetLimit limit)
    {
        var meter = MeterOf(limit);
#if PLANTED_BUGS
        if (PlantedBugs.Is("check_then_increment"))
            return Amounts.Minus(limit.Amount, meter.Posted);
#endif
        return meter.Overrun is null ? Amounts.Minus(limit.Amount, Amounts.Plus(meter.Posted, HeldBy(limit.Scope, limit.Asset))) : 0;
    }

    private BudgetShortage ShortageOf(BudgetLimit limit, UInt128 least)
    {
        var meter = MeterOf(limit);
        // Time frees what was spent, never what is held.
        var possible = Amounts.Minus(limit.Amount, HeldBy(limit.Scope, limit.Asset));
        var resetsAt = meter.Overrun is { } overrun
            ? limit.Window.LeavesAt(overrun.At, SeenAt)
            : possible >= least ? meter.FreesAt(least - Amounts.Minus(possible, meter.Posted), SeenAt) : null;
        return new BudgetShortage(limit.Scope, limit.Asset, limit.Window.ToString(), AvailableOf(limit), resetsAt);
    }

    /// <summary>Notes which thresholds are reached and were not told.</summary>
    private (Ledger Ledger, ImmutableArray<FactEntry> Facts) Tell(BudgetRules rules, string session)
    {
        var ledger = this;
        var facts = ImmutableArray.CreateBuilder<FactEntry>();
        foreach (var limit in InForce(rules))
        {
            var meter = ledger.MeterOf(limit);
            var (posted, held) = (meter.Posted, ledger.HeldBy(limit.Scope, limit.Asset));
            foreach (var percent in Thresholds.Where(percent => percent > (meter.Told?.Percent ?? 0) && HasReached(limit.Amount, percent, Amounts.Plus(posted, held))))
            {
                facts.Add(LedgerFacts.OfThreshold(session, limit, percent, posted, held, SeenAt));
                ledger = ledger.Replace(ledger.MeterOf(limit), meter with { Told = new ToldThreshold(percent, SeenAt) });
            }
        }

        return (ledger, facts.ToImmutable());
    }

    /// <summary>In whole numbers, and without a product that could be too big: the share of a hundred times the hundredth, and of the rest.</summary>
    private static bool HasReached(UInt128 limit, int percent, UInt128 used)
    {
        var share = (uint)percent;
        return used > 0 && used >= limit / 100 * share + (limit % 100 * share + 99) / 100;
    }
}
