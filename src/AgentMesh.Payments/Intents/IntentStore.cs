using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Records;
using AgentMesh.Payments.Settlement;

namespace AgentMesh.Payments.Intents;

/// <summary>
/// Which payment has an intent, key <c>intent:{hash}</c>. It has it until it fails; when it is settled, for as long as identifiers are kept; and until
/// then whatever time passes.
/// </summary>
internal sealed class IntentStore(SharedRecords records, PaymentActors actors, PaymentOptions options, TimeProvider time)
{
    private readonly TimeSpan _kept = TimeSpan.FromHours(options.IdentifierHours);

    /// <summary>The other payment that has the intent; null: none has.</summary>
    /// <exception cref="HttpRequestException">The store does not say.</exception>
    public async Task<IntentHolder?> FindOtherAsync(PaymentIntent intent, string paymentId, CancellationToken cancellationToken)
    {
        var holder = await records.ReadAsync<IntentHolder>(PaymentStateKeys.Intent(intent), cancellationToken);
        return holder is null || holder.PaymentId == paymentId || !await HoldsAsync(holder, cancellationToken) ? null : holder;
    }

    /// <summary>Gives the intent to a payment that is about to be worked for. Safe to repeat.</summary>
    /// <returns>The other payment that has it; null: it is this one's.</returns>
    /// <exception cref="HttpRequestException">The store does not say whether it is written.</exception>
    public async Task<IntentHolder?> TakeAsync(PaymentIntent intent, string paymentId, CancellationToken cancellationToken)
    {
        var seen = await records.ReadAsync<IntentHolder>(PaymentStateKeys.Intent(intent), cancellationToken);
        if (seen is not null && seen.PaymentId != paymentId && await HoldsAsync(seen, cancellationToken))
            return seen;
        // What was seen gives way, and nothing else: another payment that came in between has it.
        return await records.ChangeAsync<IntentHolder, IntentHolder?>(
            PaymentStateKeys.Intent(intent),
            holder => holder switch
            {
                { } own when own.PaymentId == paymentId => (null, null),
                null => (new IntentHolder(paymentId, intent.Request, time.GetUtcNow()), null),
                _ when holder == seen => (new IntentHolder(paymentId, intent.Request, time.GetUtcNow()), null),
                _ => (null, holder),
            },
            cancellationToken);
    }

    private async Task<bool> HoldsAsync(IntentHolder holder, CancellationToken cancellationToken)
    {
        var info = await actors.GetStatusAsync(holder.PaymentId, cancellationToken);
        return info.IsRefused
            ? info.Refusal.Code != PaymentRefusals.PaymentNotFound
            : info.Value.State switch
            {
                PaymentStates.Failed => false,
                PaymentStates.Settled => time.GetUtcNow() < holder.At + _kept,
                _ => true,
            };
    }
}
