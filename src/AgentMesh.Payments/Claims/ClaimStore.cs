using AgentMesh.Payments.Records;

namespace AgentMesh.Payments.Claims;

/// <summary>
/// Claims, key <c>claim:{payment id}</c>, with first-write and the version that was read. A lost answer is no question here: the owner's name says
/// afterwards whether it was stored. Claims are never deleted.
/// </summary>
internal sealed class ClaimStore(SharedRecords records, TimeProvider time)
{
    /// <summary>Claims the payment for a run, or takes the claim over from an older one.</summary>
    /// <exception cref="HttpRequestException">The store does not say.</exception>
    public Task<ClaimAnswer> AcquireAsync(string paymentId, string owner, int attempt, CancellationToken cancellationToken) => ChangeAsync(
        paymentId,
        claim => claim switch
        {
            null => (new Claim(owner, attempt, ClaimPhase.Executing, time.GetUtcNow()), ClaimAnswer.Held),
            { Phase: ClaimPhase.Settling } => (null, ClaimAnswer.Sent),
            { Phase: ClaimPhase.Released } => (null, ClaimAnswer.Released),
            _ when claim.Owner == owner => (null, ClaimAnswer.Held),
            _ when claim.Attempt < attempt => (claim with { Owner = owner, Attempt = attempt, At = time.GetUtcNow() }, ClaimAnswer.Held),
            _ => (null, ClaimAnswer.Lost),
        },
        cancellationToken);

    /// <summary>Ends the phase in which the claim can be taken over. To be called once by a run, which must be the claim's.</summary>
    /// <exception cref="HttpRequestException">The store does not say.</exception>
    public Task<ClaimAnswer> AdvanceAsync(string paymentId, string owner, ClaimPhase phase, CancellationToken cancellationToken) => ChangeAsync(
        paymentId,
        claim => claim switch
        {
            null => (null, ClaimAnswer.Lost),
            _ when claim.Owner == owner && claim.Phase == phase => (null, ClaimAnswer.Held),
            { Phase: ClaimPhase.Settling } => (null, ClaimAnswer.Sent),
            { Phase: ClaimPhase.Released } => (null, ClaimAnswer.Released),
            _ when claim.Owner == owner => (claim with { Phase = phase, At = time.GetUtcNow() }, ClaimAnswer.Held),
            _ => (null, ClaimAnswer.Lost),
        },
        cancellationToken);

    private Task<ClaimAnswer> ChangeAsync(string paymentId, Func<Claim?, (Claim? After, ClaimAnswer Answer)> change, CancellationToken cancellationToken) =>
        records.ChangeAsync(PaymentStateKeys.Claim(paymentId), change, cancellationToken);
}
