namespace AgentMesh.X402.AspNetCore.Claims;

/// <summary>What became of the wish for a claim.</summary>
/// <param name="Outcome">Whether it was taken.</param>
/// <param name="Known">What another has taken; null unless <see cref="ClaimOutcome.Known"/>.</param>
public sealed record ClaimTaking(ClaimOutcome Outcome, PaymentClaim? Known = null)
{
    /// <summary>It is the caller's.</summary>
    public static ClaimTaking Taken { get; } = new(ClaimOutcome.Taken);

    /// <summary>No more claims fit.</summary>
    public static ClaimTaking Full { get; } = new(ClaimOutcome.Full);
}

/// <summary>Whether a claim was taken.</summary>
public enum ClaimOutcome
{
    /// <summary>It is the caller's.</summary>
    Taken,

    /// <summary>Another was first.</summary>
    Known,

    /// <summary>No more claims fit; nothing was taken.</summary>
    Full,
}
