using AgentMesh.ActorHost.Sweeping;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>
/// What this process has of one asset of one tenant: a lease that it takes when it needs it, renews while it uses it, and gives back when it does not.
/// Whose time is over is forgotten with all that was set aside of it: the tenant counts that as spent.
/// </summary>
internal sealed class LeaseAccount(TenantId tenant, string asset, TenantActors actors, TenantWatch watch, TimeProvider time) : IDisposable
{
    /// <summary>A lease that nothing was set aside of for that long is given back as far as it is not needed.</summary>
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(10);

    /// <summary>A lease is renewed when no more than that is left of its time.</summary>
    private static readonly TimeSpan RenewedWithin = TimeSpan.FromSeconds(30);

    /// <summary>An account without a lease that nobody wants anything of for that long is forgotten.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(1);

    /// <summary>One says something of the lease at a time, so that its numbers rise.</summary>
    private readonly SemaphoreSlim _talk = new(1);

    private readonly Lock _lock = new();
    private HeldLease? _lease;
    private long _usedAt = time.GetTimestamp();

    /// <summary>True when the process has nothing of it, and has not wanted to for long.</summary>
    public bool IsUnused => Living() is null && time.GetElapsedTime(Volatile.Read(ref _usedAt)) >= ForgottenAfter;

    /// <summary>How the tenant would be asked, to set aside so much; null: for a new lease.</summary>
    /// <returns>And how much is not in hand.</returns>
    public (UInt128 Missing, TakeLease? Request) Ask(UInt128 amount)
    {
        lock (_lock)
        {
            if (Living() is not { } lease)
                return (amount, null);
            var least = Amounts.ToText(Amounts.Plus(lease.Spent + lease.Reserved, amount));
            return (amount > lease.Free ? amount : 0, new TakeLease(lease.Id, lease.Revision + 1, actors.Holder, asset, Amounts.ToText(lease.Spent), least, least));
        }
    }

    /// <summary>Sets aside so much, of what the process has or of what the tenant gives it.</summary>
    public async Task<Result<TenantReservation>> ReserveAsync(UInt128 amount, CancellationToken cancellationToken)
    {
        if (TryReserve(amount) is { } reservation)
            return reservation;
        await _talk.WaitAsync(cancellationToken);
        try
        {
            // Who was before may have taken enough for two. A lease that has ended meanwhile is followed by another one.
            for (var attempt = 0; attempt < 2; attempt++)
            {
                if (TryReserve(amount) is { } own)
                    return own;
                var taken = await TakeAsync(amount, cancellationToken);
                if (!taken.IsRefused)
                    return TryReserve(amount) is { } given ? given : taken.Value.IsLimited ? Refuse(taken.Value) : TenantReservation.None;
                if (taken.Refusal.Code != SpendingRefusals.LeaseEnded)
                    return taken.Refusal;
            }

            return FreezeRefusals.TenantUnknown;
        }
        catch (Exception exception) when (SweepActors.IsFault(exception, cancellationToken))
        {
            return FreezeRefusals.TenantUnknown;
        }
        finally
        {
            _talk.Release();
        }
    }

    /// <summary>Says what was not spent of what was set aside.</summary>
    public void Return(TenantReservation reservation, UInt128 unspent)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unspent, reservation.Amount);
        lock (_lock)
        {
            if (_lease is { } lease && lease.Id == reservation.LeaseId && reservation.Return())
                lease.Return(reservation.Amount, unspent);
        }
    }

    /// <summary>Says that a part is needed only of what was set aside, and goes on setting that aside.</summary>
    public TenantReservation Shrink(TenantReservation reservation, UInt128 amount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(amount, reservation.Amount);
        lock (_lock)
        {
            if (_lease is not { } lease || lease.Id != reservation.LeaseId || !reservation.Return())
                return TenantReservation.None;
            lease.Return(reservation.Amount - amount, reservation.Amount - amount);
            return new TenantReservation(this, lease.Id, amount);
        }
    }

    /// <summary>Renews the lease, or gives it back, when it is time to.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        await _talk.WaitAsync(cancellationToken);
        try
        {
            if (Living() is not { } lease)
                return;
            var isIdle = time.GetElapsedTime(Volatile.Read(ref _usedAt)) >= IdleFor;
            if (isIdle && lease.Reserved == 0)
                await SettleAsync(isEnding: false, cancellationToken);
            else if (isIdle && lease.Free > 0 || TimeLeft(lease) <= RenewedWithin || lease.Version != watch.VersionOf(tenant))
                await TakeAsync(0, cancellationToken);
        }
        finally
        {
            _talk.Release();
        }
    }

    /// <summary>Gives back what was not set aside: the process ends.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _talk.WaitAsync(cancellationToken);
        try
        {
            await SettleAsync(isEnding: true, cancellationToken);
        }
        finally
        {
            _talk.Release();
        }
    }

    public void Dispose() => _talk.Dispose();

    private TenantReservation? TryReserve(UInt128 amount)
    {
        Volatile.Write(ref _usedAt, time.GetTimestamp());
        lock (_lock)
            return Living() is { } lease && lease.TryReserve(amount) ? new TenantReservation(this, lease.Id, amount) : null;
    }

    /// <summary>The lease while its time is not over.</summary>
    private HeldLease? Living()
    {
        lock (_lock)
        {
            if (_lease is { Revision: > 0 } lease && TimeLeft(lease) <= TimeSpan.Zero)
                _lease = null;
            return _lease;
        }
    }

    private TimeSpan TimeLeft(HeldLease lease) => -time.GetElapsedTime(lease.EndsAt);

    /// <summary>Has the lease come to so much more, or go on.</summary>
    private async Task<Result<TenantLease>> TakeAsync(UInt128 more, CancellationToken cancellationToken)
    {
        TakeLease request;
        HeldLease lease;
        var version = watch.VersionOf(tenant);
        // From before the question: the tenant's own count begins later.
        var askedAt = time.GetTimestamp();
        lock (_lock)
        {
            lease = Living() ?? (_lease = NewLease(askedAt));
            // Twice what was needed since the last time: who needs much asks for more and more, and soon seldom.
            var (next, least) = (Amounts.Plus(lease.Used, lease.Used), Amounts.Plus(lease.Spent + lease.Reserved, more));
            request = new TakeLease(lease.Id, lease.Next(), actors.Holder, asset, Amounts.ToText(lease.Spent), Amounts.ToText(least), Amounts.ToText(Amounts.Plus(least, next)));
        }

        var answer = await actors.TakeAsync(tenant, request, cancellationToken);
        lock (_lock)
        {
            if (answer.IsRefused || !answer.Value.IsLimited || answer.Value.Seconds == 0)
                _lease = null;
            else
                lease.Hear(Amounts.Parse(answer.Value.Granted), EndOf(askedAt, answer.Value.Seconds), version);
        }

        return answer;
    }

    private async Task SettleAsync(bool isEnding, CancellationToken cancellationToken)
    {
        SettleLease request;
        lock (_lock)
        {
            if (Living() is not { } lease)
                return;
            // In one step with giving it back: somebody may have set aside of it since it was looked at, and what is returned of it later is counted.
            if (isEnding)
                lease.SpendReserved();
            else if (lease.Reserved > 0)
                return;
            request = new SettleLease(lease.Id, lease.Next(), Amounts.ToText(lease.Spent));
            // Whether it is heard or not: nothing is set aside of it any more.
            _lease = null;
        }

        await actors.SettleAsync(tenant, request, cancellationToken);
    }

    /// <summary>A lease of which nothing is known yet ends as any other.</summary>
    private HeldLease NewLease(long askedAt)
    {
        var lease = new HeldLease(TenantActors.NewId());
        lease.Hear(0, EndOf(askedAt, (int)TenantBudgetLimits.LeaseTime.TotalSeconds), 0);
        return lease;
    }

    private long EndOf(long askedAt, int seconds) => askedAt + seconds * time.TimestampFrequency;

    /// <summary>Why there is not enough. What may be had is what the tenant has left and what the process has in hand.</summary>
    private Refusal Refuse(TenantLease lease) => lease.Shortage is not { } shortage
        ? FreezeRefusals.TenantUnknown
        : shortage.Window is null
            ? new Refusal(shortage.Code, shortage.Detail)
            : new BudgetRefusal(
                shortage.Code, shortage.Detail,
                new BudgetShortage(
                    TenantLedger.Scope, asset, shortage.Window, Amounts.Plus(Amounts.Parse(shortage.Available), FreeNow()), shortage.ResetsAt));

    private UInt128 FreeNow()
    {
        lock (_lock)
            return Living()?.Free ?? 0;
    }
}
