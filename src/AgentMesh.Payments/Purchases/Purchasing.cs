using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Settlement;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Wire;

namespace AgentMesh.Payments.Purchases;

/// <summary>Takes purchases, and waits for what becomes of their payments.</summary>
internal sealed class Purchasing(PaymentActors actors, PaymentWatch watch, PaymentOptions options, TimeProvider time)
{
    /// <summary>Between two looks at a payment whose actor may be in another process.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    /// <summary>Buys. Refused with <c>invalid_purchase</c>, <c>payment_reused</c> or <c>payment_quarantined</c>; all else is an outcome.</summary>
    public async Task<Result<PurchaseOutcome>> BuyAsync(Purchase purchase, CancellationToken cancellationToken)
    {
        var (order, refusal) = PurchaseReader.Read(purchase, TimeSpan.FromSeconds(options.MaxValiditySeconds), time.GetUtcNow());
        if (refusal is { Code: PaymentRefusals.InvalidPurchase })
            return refusal;
        // One that was taken once is not judged anew: it may have expired since, and its payer wants the answer.
        if (refusal is not null && (order is null || !await IsKnownAsync(order.PaymentId, cancellationToken)))
            return new PurchaseOutcome(PaymentStates.Failed, order?.PaymentId, Reason: refusal.Code, Detail: refusal.Detail);
        using var watcher = watch.Begin(order!.PaymentId);
        var next = watcher.Next;
        var info = await actors.ReceiveAsync(order, cancellationToken);
        var until = time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(purchase.WaitSeconds ?? options.WaitSeconds, options.WaitSeconds));
        // Ends when the time to wait is over.
        while (!info.IsRefused && !IsDecided(info.Value) && until - time.GetUtcNow() is { Ticks: > 0 } left)
        {
            await PaymentWatch.WaitAsync(next, left < LookPause ? left : LookPause, time, cancellationToken);
            next = watcher.Next;
            info = await actors.GetStatusAsync(order.PaymentId, cancellationToken);
        }

        return info.IsRefused ? info.Refusal : ToOutcome(info.Value);
    }

    /// <summary>Reads a payment.</summary>
    public Task<Result<PaymentInfo>> GetAsync(string paymentId, CancellationToken cancellationToken) => actors.GetStatusAsync(paymentId, cancellationToken);

    private static bool IsDecided(PaymentInfo info) => info.State is PaymentStates.Settled or PaymentStates.Failed or PaymentStates.Unknown;

    private static PurchaseOutcome ToOutcome(PaymentInfo info)
    {
        var outcome = new PurchaseOutcome(
            info.State, info.PaymentId, Turn: info.Turn, PaymentResponseHeader: PaymentHeaders.ResponseNameOf(info.X402Version), Reason: info.Reason, Detail: info.Detail);
        return info.State switch
        {
            PaymentStates.Settled => outcome with
            {
                Answer = info.Answer,
                PaymentResponse = PaymentHeaders.Write(new SettleResponse(true, info.Transaction ?? "", info.WireNetwork, Payer: info.Payer)),
            },
            // The failed receipt of the official server; of a payment that was not even good there is none.
            PaymentStates.Failed when info.WasVerified => outcome with
            {
                PaymentResponse = PaymentHeaders.Write(new SettleResponse(false, info.Transaction ?? "", info.WireNetwork, info.Reason, Payer: info.Payer)),
            },
            PaymentStates.Failed => outcome with
            {
                RetryAfterSeconds = info.Reason == PaymentRefusals.FacilitatorUnavailable ? 5 : null,
            },
            PaymentStates.Unknown => outcome with
            {
                Reason = PaymentRefusals.PaymentUnknown,
                Detail = "Whether the payment was settled is not known yet. Send the same payment again, and no other.",
                RetryAfterSeconds = 10,
            },
            _ => outcome with
            {
                Reason = PaymentRefusals.PaymentPending,
                Detail = "The payment is under way. Send the same payment again, and no other.",
                RetryAfterSeconds = 2,
            },
        };
    }

    private async Task<bool> IsKnownAsync(string paymentId, CancellationToken cancellationToken) =>
        await actors.GetStatusAsync(paymentId, cancellationToken) is { IsRefused: false, Value: { } info } && (info.WasVerified || !IsDecided(info));
}
