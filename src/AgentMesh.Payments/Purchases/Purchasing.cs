using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Intents;
using AgentMesh.Payments.Settlement;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Wire;

namespace AgentMesh.Payments.Purchases;

/// <summary>Takes purchases, and waits for what becomes of their payments.</summary>
internal sealed class Purchasing(PaymentIntake intake, PaymentActors actors, IntentStore intents, PaymentWatch watch, PaymentOptions options, TimeProvider time)
{
    private static readonly Refusal IdentifierReused = new(
        PaymentRefusals.PaymentIdentifierReused, "The payment's identifier was used for another request. Nothing was charged for this one.");

    /// <summary>Between two looks at a payment whose actor may be in another process.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Buys. Refused with <c>invalid_purchase</c>, <c>invalid_payment_identifier</c>, <c>payment_identifier_reused</c>, <c>payment_reused</c> or
    /// <c>payment_quarantined</c>; all else is an outcome.
    /// </summary>
    public async Task<Result<PurchaseOutcome>> BuyAsync(Purchase purchase, CancellationToken cancellationToken)
    {
        var reading = PurchaseReader.Read(purchase, TimeSpan.FromSeconds(options.MaxValiditySeconds), time.GetUtcNow());
        if (reading.Refusal is { Code: PaymentRefusals.InvalidPurchase or PaymentRefusals.InvalidPaymentIdentifier } invalid)
            return invalid;
        // One that was taken once is not judged anew: it may have expired since, and its payer wants the answer.
        if (reading.Refusal is { } refusal && (reading.Order is null || !await IsKnownAsync(reading.Order.PaymentId, cancellationToken)))
            return new PurchaseOutcome(PaymentStates.Failed, reading.Order?.PaymentId, Reason: refusal.Code, Detail: refusal.Detail);
        var order = reading.Order!;
        var until = time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(purchase.WaitSeconds ?? options.WaitSeconds, options.WaitSeconds));
        // Before it is verified: what was paid already may be all that the payer had.
        if (reading is { Refusal: null, IsProven: true } && await FindOtherAsync(order, cancellationToken) is { } earlier && !await IsKnownAsync(order.PaymentId, cancellationToken))
            return await FollowAsync(earlier, order, until, cancellationToken);
        var info = await WaitAsync(order.PaymentId, () => intake.TakeAsync(order, cancellationToken), until, cancellationToken);
        if (info.IsRefused)
            return info.Refusal;
        // And after it has failed: another payment for the same may have come in between. Nobody is told who has not proven to be the payer.
        if (info.Value.State == PaymentStates.Failed && (reading.IsProven || info.Value.WasVerified) && await FindOtherAsync(order, cancellationToken) is { } other)
            return await FollowAsync(other, order, until, cancellationToken);
        return ToOutcome(info.Value);
    }

    private async Task<IntentHolder?> FindOtherAsync(PaymentOrder order, CancellationToken cancellationToken) =>
        order.Job.Intent is { } intent ? await intents.FindOtherAsync(intent, order.PaymentId, cancellationToken) : null;

    /// <summary>What became of another payment for the same is the outcome; the one that came now is not taken.</summary>
    private async Task<Result<PurchaseOutcome>> FollowAsync(IntentHolder other, PaymentOrder order, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (other.Request != order.Job.Intent!.Request)
            return IdentifierReused;
        var info = await WaitAsync(other.PaymentId, () => actors.GetStatusAsync(other.PaymentId, cancellationToken), until, cancellationToken);
        return info.IsRefused ? info.Refusal : ToOutcome(info.Value);
    }

    /// <summary>Waits until a payment is decided, or the time to wait is over.</summary>
    private async Task<Result<PaymentInfo>> WaitAsync(string paymentId, Func<Task<Result<PaymentInfo>>> first, DateTimeOffset until, CancellationToken cancellationToken)
    {
        using var watcher = watch.Begin(paymentId);
        var next = watcher.Next;
        var info = await first();
        // Ends when the time to wait is over.
        while (!info.IsRefused && !IsDecided(info.Value) && until - time.GetUtcNow() is { Ticks: > 0 } left)
        {
            await PaymentWatch.WaitAsync(next, left < LookPause ? left : LookPause, time, cancellationToken);
            next = watcher.Next;
            info = await actors.GetStatusAsync(paymentId, cancellationToken);
        }

        return info;
    }

    /// <summary>Reads a payment.</summary>
    public Task<Result<PaymentInfo>> GetAsync(string paymentId, CancellationToken cancellationToken) => actors.GetStatusAsync(paymentId, cancellationToken);

    /// <summary>Reads what has become of a payment, as whoever bought with it is told.</summary>
    public async Task<Result<PurchaseOutcome>> GetOutcomeAsync(string paymentId, CancellationToken cancellationToken)
    {
        var info = await actors.GetStatusAsync(paymentId, cancellationToken);
        return info.IsRefused ? info.Refusal : ToOutcome(info.Value);
    }

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
        await actors.GetStatusAsync(paymentId, cancellationToken) is { IsRefused: false, Value.WasVerified: true };
}
