namespace AgentMesh.Payments.Claims;

/// <summary>What became of the wish for a claim.</summary>
internal enum ClaimAnswer
{
    /// <summary>It is this run's.</summary>
    Held,

    /// <summary>Another run has it that is as new as this one, or newer.</summary>
    Lost,

    /// <summary>The order to settle may have gone out already.</summary>
    Sent,

    /// <summary>The payment was given up before anything was settled.</summary>
    Released,
}
