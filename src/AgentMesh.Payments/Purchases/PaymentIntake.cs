using System.Collections.Concurrent;
using System.Text;
using System.Threading.RateLimiting;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.Payments.Facilitation;
using AgentMesh.Payments.Settlement;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.ResourceServer;

namespace AgentMesh.Payments.Purchases;

/// <summary>
/// Takes payments. The facilitator is asked before anything of one is stored: whether an account has the money, or has signed by its code, only the chain
/// knows, and strangers must not fill the store with payments that it refuses. The same order is taken once at a time, however often it comes.
/// </summary>
internal sealed partial class PaymentIntake(
    PaymentActors actors, Facilitator facilitator, PaymentOptions options, PaymentMetrics metrics, TimeProvider time, ILogger<PaymentIntake> logger) : IDisposable
{
    /// <summary>Payments that wait to be asked about.</summary>
    internal const int MaxWaiting = 16 * 1024;

    private static readonly PaymentReason Busy = new(PaymentRefusals.FacilitatorUnavailable, "Too many payments wait to be verified.");
    private static readonly PaymentReason OfAnother = new(PaymentRefusals.FacilitatorUnavailable, "The facilitator speaks of another payer.");
    private static readonly PaymentReason NotAsked = new(PaymentRefusals.FacilitatorUnavailable, "The facilitator could not be asked about the payment.");

    private readonly ConcurrentDictionary<PaymentOrder, Lazy<Task<Result<PaymentInfo>>>> _underWay = new();
    private readonly ConcurrencyLimiter _asking = new(new ConcurrencyLimiterOptions { PermitLimit = options.Concurrency, QueueLimit = MaxWaiting });

    /// <summary>
    /// Finds the payment of an order, or takes it if it is good. What is not good has failed without having been verified, and is nowhere stored. Refused
    /// as the payment refuses.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="cancellationToken">Ends the wait; whoever else waits for the same waits on.</param>
    public Task<Result<PaymentInfo>> TakeAsync(PaymentOrder order, CancellationToken cancellationToken) =>
        _underWay.GetOrAdd(order, static (order, intake) => new(() => intake.TakeOnceAsync(order)), this).Value.WaitAsync(cancellationToken);

    public void Dispose() => _asking.Dispose();

    // Not the first asker's to give up. Its calls have their own clocks.
    private async Task<Result<PaymentInfo>> TakeOnceAsync(PaymentOrder order)
    {
        try
        {
            if (await FindAsync(order) is { } known)
                return known;
            if (await WhyNotGoodAsync(order) is not { } reason)
                return await actors.ReceiveAsync(order with { IsVerified = true }, CancellationToken.None);
            // It may be bad now because another process has taken it meanwhile, and settled it.
            if (await FindAsync(order) is { } settled)
                return settled;
            metrics.Refused();
            return Payment.Refuse(order, reason, time.GetUtcNow()).ToInfo(null);
        }
        finally
        {
            _underWay.TryRemove(order, out _);
        }
    }

    /// <returns>Null: there is no such payment.</returns>
    private async Task<Result<PaymentInfo>?> FindAsync(PaymentOrder order)
    {
        var found = await actors.ReceiveAsync(order, CancellationToken.None);
        return found.Refusal?.Code == PaymentRefusals.PaymentNotFound ? (Result<PaymentInfo>?)null : found;
    }

    /// <returns>Null: it is good.</returns>
    private async Task<PaymentReason?> WhyNotGoodAsync(PaymentOrder order)
    {
        using var place = await _asking.AcquireAsync();
        if (!place.IsAcquired)
            return Busy;
        try
        {
            var found = await facilitator.VerifyAsync(Encoding.UTF8.GetBytes(order.Job.FacilitatorRequest), CancellationToken.None);
            if (!found.IsValid)
                return PaymentReason.Create(found.InvalidReason, "The facilitator does not take the payment.");
            return FacilitatorClient.IsPayer(found.Payer, EvmAddress.Parse(order.Terms.Payer)) ? null : OfAnother;
        }
        catch (FacilitatorFailedException fault)
        {
            LogNotVerified(fault, order.PaymentId);
            return NotAsked;
        }
    }

    [LoggerMessage(32, LogLevel.Warning, "Payment {PaymentId} could not be verified")]
    private partial void LogNotVerified(Exception exception, string paymentId);
}
