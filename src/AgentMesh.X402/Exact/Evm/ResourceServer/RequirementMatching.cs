using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>The comparison of the official server (<c>findMatchingRequirements</c>): equal in depth, and <c>extra</c> as a subset.</summary>
internal static class RequirementMatching
{
    public static bool IsAccepted(PaymentRequirementsV2 offered, PaymentRequirementsV2 accepted) =>
        offered.Scheme == accepted.Scheme
        && offered.Network == accepted.Network
        && offered.Amount == accepted.Amount
        && offered.Asset == accepted.Asset
        && offered.PayTo == accepted.PayTo
        && offered.MaxTimeoutSeconds == accepted.MaxTimeoutSeconds
        // We offer no members that we do not know.
        && accepted.Unknown is not { Count: > 0 }
        && (offered.Extra is not { } extra || accepted.Extra is { } acceptedExtra && JsonSubset.Contains(extra, acceptedExtra));
}
