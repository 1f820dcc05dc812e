namespace AgentMesh.X402.AspNetCore.Claims;

/// <summary>A payment that was claimed, and what became of it.</summary>
/// <param name="PaymentId">Which payment, however it is written: 64 lower case hex digits.</param>
/// <param name="Use">What it was used for.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="KeepUntil">Until when it must not be forgotten: somebody could execute the payment, or ask for its answer.</param>
/// <param name="Answer">
/// What its payer was, or is to be, told. While the payment is unknown it is what was bought, for nobody yet. Null while there is none, and when it was
/// forgotten for want of space.
/// </param>
/// <param name="Transaction">The transaction that somebody named, while the payment is unknown; null: nobody did.</param>
public sealed record PaymentClaim(
    string PaymentId, PaymentUse Use, PaymentClaimStatus Status, DateTimeOffset KeepUntil, PaidAnswer? Answer = null, string? Transaction = null);

/// <summary>Where a claimed payment stands.</summary>
public enum PaymentClaimStatus
{
    /// <summary>The handler works. Nothing is settled.</summary>
    Working,

    /// <summary>The order to settle may have gone out.</summary>
    Settling,

    /// <summary>The money has moved.</summary>
    Settled,

    /// <summary>The money has not moved, and what is here will not make it.</summary>
    Failed,

    /// <summary>Whether the money has moved is not known.</summary>
    Unknown,
}
