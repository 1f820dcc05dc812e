namespace AgentMesh.Sidecar.Resiliency;

/// <summary>How one try of a call ended.</summary>
/// <param name="Outcome">What the policies go by.</param>
/// <param name="StatusCode">The answer's status; null: there was no answer, or it does not count.</param>
/// <param name="Value">For the caller.</param>
internal readonly record struct Attempt(AttemptOutcome Outcome, int? StatusCode = null, object? Value = null)
{
    public bool Succeeded => Outcome is AttemptOutcome.Success or AttemptOutcome.Dropped;
}

/// <summary>The ways a try may end.</summary>
internal enum AttemptOutcome
{
    /// <summary>Done.</summary>
    Success,

    /// <summary>The app does not want the event: done, but not handled.</summary>
    Dropped,

    /// <summary>Failed; the policy may try again.</summary>
    Failed,

    /// <summary>Took longer than the policy's timeout; the policy may try again.</summary>
    TimedOut,

    /// <summary>Failed, and another try would not help.</summary>
    Final,

    /// <summary>The circuit breaker is open: not tried, and not tried again.</summary>
    Open,

    /// <summary>The process died meanwhile: no try of the policy, the caller looks for another process.</summary>
    ProcessGone,
}
