using AgentMesh.Agents.Policies;

namespace AgentMesh.Agents.Approvals;

/// <summary>A payment that needs an approval.</summary>
/// <param name="PaymentId">The payment that is to be made: what an approval is used up by.</param>
/// <param name="Digest">Of <see cref="ApprovalDigest"/>.</param>
/// <param name="Payment">What is paid.</param>
/// <param name="Url">What for; null: no URL.</param>
/// <param name="Reason">Why it needs one, safe to show.</param>
public sealed record ApprovalRequest(string PaymentId, string Digest, PolicyFacts Payment, string? Url, string Reason);
