using AgentMesh.Agents.Budgets;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.TenantBudgets;

/// <summary>Giving leases and taking them back.</summary>
public sealed partial record TenantLedger
{
    /// <summary>Of a lease that is not kept, and of its holder: those that are have hex digits for names.</summary>
    private const string NobodysName = "nobody";

    /// <summary>
    /// Gives a lease, or more of one, and goes on with it for its time: the least that is asked for or nothing of it, and of what is wanted as much as
    /// leaves enough for others. What the holder has is only taken from it when it does not want it.
    /// </summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="stop">Why nothing more is given; null: it is. What the holder has, it keeps.</param>
    /// <param name="now">The time.</param>
    /// <returns>Refused when the lease has ended.</returns>
    /// <exception cref="ArgumentException">The request contradicts itself, or what was said of the lease before.</exception>
    public Result<LeaseStep> Take(LeaseRequest request, Refusal? stop, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        var ledger = Advance(now);
        if (ledger.Leases.FirstOrDefault(lease => lease.Id == request.Id) is not { } known)
            return request.Spent > 0 ? TenantBudgetRefusals.LeaseEnded : ledger.Begin(request, stop);
        if (known.Asset != request.Asset || known.Holder != request.Holder)
            throw new ArgumentException("The lease is another one.");
        if (known.EndedAt is not null)
            return TenantBudgetRefusals.LeaseEnded;
        // Said before, or overtaken by what was said later.
        if (request.Revision <= known.Revision)
            return new LeaseStep(ledger, known, ledger.WhyNotMore(known, request.Least, stop));
        return ledger.Renew(known, request, stop);
    }

    /// <summary>Ends a lease: what was not spent of it is free again.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="revision">Higher than all that was said of it.</param>
    /// <param name="spent">What was spent of it, from its beginning on.</param>
    /// <param name="now">The time.</param>
    /// <returns>Refused when the lease has ended otherwise: what it came to stays counted.</returns>
    public Result<LeaseStep> Settle(string id, long revision, UInt128 spent, DateTimeOffset now)
    {
        var ledger = Advance(now);
        if (ledger.Leases.FirstOrDefault(lease => lease.Id == id) is not { } known || known.EndedAt is not null && known.Revision < revision)
            return TenantBudgetRefusals.LeaseEnded;
        if (revision <= known.Revision)
            return new LeaseStep(ledger, known, null);
        spent = UInt128.Max(spent, known.Spent);
        var ended = (known with { Revision = revision }).End(spent, ledger.SeenAt);
        return new LeaseStep(ledger.Charge(known.Asset, spent - known.Spent, ledger.SeenAt).With(ended), ended, null);
    }

    /// <summary>Why a process would not get what it has not; null: it would. Nothing is given.</summary>
    /// <param name="asset">Of what.</param>
    /// <param name="missing">How much it has not.</param>
    /// <param name="request">How it would ask; null: for a new lease. One that has ended is followed by a new one.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">The request contradicts itself, or what was said of the lease before.</exception>
    public Refusal? WhyNot(string asset, UInt128 missing, LeaseRequest? request, DateTimeOffset now)
    {
        var step = request is null ? TenantBudgetRefusals.LeaseEnded : Take(request, null, now);
        if (step.Refusal == TenantBudgetRefusals.LeaseEnded)
            step = Take(new LeaseRequest(NobodysName, 1, NobodysName, asset, 0, missing, missing), null, now);
        return step.IsRefused ? step.Refusal : step.Value.Why;
    }

    private Result<LeaseStep> Begin(LeaseRequest request, Refusal? stop)
    {
        if (!Limits.Any(limit => limit.Asset == request.Asset))
            return new LeaseStep(this, null, null);
        if (Leases.Count(lease => lease.EndedAt is null) >= TenantBudgetLimits.Leases)
            return TenantBudgetRefusals.TooManyLeases;
        var begun = new StoredLease(request.Id, request.Holder, request.Asset, 0, 0, 0, SeenAt, null);
        var step = Renew(begun, request, stop);
        // Nothing of it is nothing to keep.
        return step.Lease!.Granted == 0 ? step with { Ledger = this, Lease = null } : step;
    }

    private LeaseStep Renew(StoredLease known, LeaseRequest request, Refusal? stop)
    {
        // Never lower: what was posted is.
        var spent = UInt128.Max(request.Spent, known.Spent);
        var others = Charge(known.Asset, spent - known.Spent, SeenAt).With(known.End(spent, SeenAt));
        var (had, least, wanted) = (Amounts.Minus(known.Granted, spent), Amounts.Minus(request.Least, spent), Amounts.Minus(request.Wanted, spent));
        var available = others.AvailableOf(known.Asset);
        var isEnough = least <= available && (stop is null || least <= had);
        var open = UInt128.Min(wanted, isEnough ? ShareOf(available, least, had, stop is not null) : had);
        var renewed = known with
        {
            Revision = request.Revision,
            Spent = spent,
            Granted = Amounts.Plus(spent, open),
            Until = SeenAt + TenantBudgetLimits.LeaseTime,
        };
        var after = others.With(renewed);
        return new LeaseStep(after, renewed, after.WhyNotMore(renewed, request.Least, stop));
    }

    /// <summary>What a holder gets of what is available to it: the least, and above that what it has, or a share of the rest.</summary>
    private static UInt128 ShareOf(UInt128 available, UInt128 least, UInt128 had, bool isStopped)
    {
        var kept = UInt128.Max(least, UInt128.Min(had, available));
        return isStopped ? kept : UInt128.Max(kept, least + (available - least) / TenantBudgetLimits.Share);
    }

    private UInt128 AvailableOf(string asset) => Limits.Where(limit => limit.Asset == asset).Select(limit => ViewOf(limit).Available).DefaultIfEmpty().Min();

    /// <summary>Why a lease does not come to the least that was asked for; null: it does, or its asset has no limit.</summary>
    private Refusal? WhyNotMore(StoredLease lease, UInt128 least, Refusal? stop) =>
        lease.Granted < least ? stop ?? ShortageOf(lease.Asset, least - lease.Granted) : null;

    /// <summary>Where there is not so much more than processes have; null: the asset has no limit.</summary>
    private BudgetRefusal? ShortageOf(string asset, UInt128 missing)
    {
        if (Limits.Where(limit => limit.Asset == asset).MinBy(limit => ViewOf(limit).Available) is not { } narrowest)
            return null;
        var meter = MeterOf(narrowest);
        // Time frees what was spent, never what processes have.
        var possible = Amounts.Minus(narrowest.Amount, HeldOf(asset));
        var resetsAt = possible >= missing ? meter.FreesAt(missing - Amounts.Minus(possible, meter.Posted), SeenAt) : null;
        return TenantBudgetRefusals.Exceeded(new BudgetShortage(Scope, asset, narrowest.Window.ToString(), ViewOf(narrowest).Available, resetsAt));
    }
}
