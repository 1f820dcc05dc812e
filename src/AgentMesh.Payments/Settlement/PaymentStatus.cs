using AgentMesh.Contracts.Payments;

namespace AgentMesh.Payments.Settlement;

/// <summary>Where a payment stands; the words are those of <see cref="PaymentStates"/>.</summary>
internal enum PaymentStatus
{
    /// <summary>Taken, because it is good, and to be claimed.</summary>
    Verified,

    /// <summary>Claimed; the seller works.</summary>
    Executing,

    /// <summary>The seller has answered.</summary>
    Executed,

    /// <summary>The order to settle is about to go out, or has.</summary>
    Settling,

    /// <summary>The money has moved.</summary>
    Settled,

    /// <summary>The money has not moved and will not.</summary>
    Failed,

    /// <summary>Whether the money has moved is not known.</summary>
    Unknown,
}
