namespace AgentMesh.Payments.Settlement;

/// <summary>How payments are set up.</summary>
/// <param name="Lease">How long a run is trusted to live without a word.</param>
/// <param name="MaxAttempts">Runs until a payment that is not over is given to reconciliation.</param>
/// <param name="LookInterval">Between two looks for what became of an unknown payment; doubled with each, up to <see cref="LongestLookInterval"/>.</param>
/// <param name="MaxLooks">Looks, after which an unknown payment waits for an operator, or for its payer to ask.</param>
internal sealed record PaymentRules(TimeSpan Lease, int MaxAttempts, TimeSpan LookInterval, int MaxLooks)
{
    /// <summary>An unknown payment is looked for at least that often.</summary>
    public static readonly TimeSpan LongestLookInterval = TimeSpan.FromMinutes(10);

    /// <summary>When the next look is due after so many.</summary>
    public DateTimeOffset NextLook(int looks, DateTimeOffset now)
    {
        // 2^10 times an interval of a second is above the longest.
        var wait = LookInterval * Math.Pow(2, Math.Min(looks, 10));
        return now + (wait < LongestLookInterval ? wait : LongestLookInterval);
    }
}
