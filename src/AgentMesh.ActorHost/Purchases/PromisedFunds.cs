using System.Collections.Concurrent;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Agents.Purchases;

namespace AgentMesh.ActorHost.Purchases;

/// <summary>
/// What tenants have set aside for payments that are promised, until it is known whether they are made: what was paid is spent, and what cannot be
/// paid any more is the tenant's again. In memory only: what a process has not heard the end of counts as spent.
/// </summary>
internal sealed class PromisedFunds(TimeProvider time) : IDisposable
{
    /// <summary>Payments at a time. Of more than that the money counts as spent at once.</summary>
    private const int Most = 10_000;

    /// <summary>After the first moment at which a payment can be known to have failed: for looks that come late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Promise> _promises = new();

    /// <summary>Payments that are waited for.</summary>
    internal int Count => _promises.Count;

    /// <summary>Waits for what becomes of a payment.</summary>
    /// <param name="paymentId">The payment.</param>
    /// <param name="reservation">What was set aside for it, and for nothing else.</param>
    /// <param name="validBefore">When nobody can execute it any more.</param>
    public void Keep(string paymentId, TenantReservation reservation, DateTimeOffset validBefore)
    {
        if (reservation.Account is null)
            return;
        var wait = validBefore + PurchaseLimits.ExpirySlack + Patience - time.GetUtcNow();
        var promise = new Promise(reservation, time.CreateTimer(_ => End(paymentId, isPaid: true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        if (wait > TimeSpan.Zero && _promises.Count < Most && _promises.TryAdd(paymentId, promise))
            promise.Clock.Change(wait, Timeout.InfiniteTimeSpan);
        else
            promise.End(isPaid: true);
    }

    /// <summary>A step of a purchase is stored. Only what its agent has given up for good is not spent; a repeat changes nothing.</summary>
    public void Hear(StoredPurchase purchase)
    {
        if (purchase is { Terms.PaymentId: var payment, Due: null })
            End(payment, isPaid: purchase.State != PurchaseState.Failed);
    }

    public void Dispose()
    {
        foreach (var promise in _promises.Values)
            promise.Clock.Dispose();
    }

    private void End(string paymentId, bool isPaid)
    {
        if (_promises.TryRemove(paymentId, out var promise))
            promise.End(isPaid);
    }

    /// <summary>A payment that is waited for.</summary>
    /// <param name="Reservation">What was set aside for it.</param>
    /// <param name="Clock">Ends the wait.</param>
    private sealed record Promise(TenantReservation Reservation, ITimer Clock)
    {
        public void End(bool isPaid)
        {
            Clock.Dispose();
            TenantGate.Return(Reservation, isPaid ? 0 : Reservation.Amount);
        }
    }
}
