namespace AgentMesh.X402.AspNetCore.Claims;

/// <summary>
/// Where payments are claimed before anything is done for them, and what became of each is kept. The claim is what keeps one payment from being used
/// twice: <see cref="TakeAsync"/> has to be atomic over all replicas of the app, and nothing may be forgotten before
/// <see cref="PaymentClaim.KeepUntil"/> but the answers and what has <see cref="PaymentClaimStatus.Failed"/>. The one that is there keeps claims in
/// memory: for one process, and until it ends. Several replicas register one of their own over a store that they share, by insert-if-absent.
/// </summary>
public interface IPaymentClaims
{
    /// <summary>What is known of a payment; null when nobody has claimed it.</summary>
    /// <param name="paymentId">64 lower case hex digits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<PaymentClaim?> FindAsync(string paymentId, CancellationToken cancellationToken);

    /// <summary>Claims a payment if nobody has: of any number of callers at once one takes it.</summary>
    /// <param name="claim">What is stored then.</param>
    /// <param name="cancellationToken">Gives up; then the claim may have been taken.</param>
    Task<ClaimTaking> TakeAsync(PaymentClaim claim, CancellationToken cancellationToken);

    /// <summary>
    /// Writes what has become of a payment. Only who has taken it calls this, one call after the other; of an unknown one also whoever has found out,
    /// several at once with the same.
    /// </summary>
    /// <param name="claim">As it is now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task StoreAsync(PaymentClaim claim, CancellationToken cancellationToken);
}
