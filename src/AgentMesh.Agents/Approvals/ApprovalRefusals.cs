using AgentMesh.Primitives;

namespace AgentMesh.Agents.Approvals;

/// <summary>Why approvals say no. The codes are those of <c>AgentMesh.Contracts</c>; a test holds them together.</summary>
public static class ApprovalRefusals
{
    /// <summary>The agent has no approval of that id.</summary>
    public static Refusal ApprovalNotFound { get; } = new("approval_not_found", "The agent has no such approval.");

    /// <summary>It was decided the other way.</summary>
    public static Refusal ApprovalDecided(Approval approval) =>
        new("approval_decided", $"The approval is {ApprovalFacts.WordOf(approval.State)} already; the payment can be tried again to be asked anew when that is over.");

    /// <summary>Too many wait for a decision.</summary>
    public static Refusal TooManyApprovals { get; } =
        new("too_many_approvals", $"{ApprovalLimits.Pending} approvals wait for a decision; decide some of them, or let them expire.");

    /// <summary>The payment waits for a person. Nothing was paid.</summary>
    public static ApprovalRequired ApprovalRequired(Approval approval) =>
        new("approval_required", $"A person has to approve this payment first: approval {approval.Id}. {approval.Reason}", approval.Id);

    /// <summary>A person has said no. Nothing was paid.</summary>
    public static Refusal Denied(Approval approval) => new("policy_denied", $"The payment was denied by the decision on approval {approval.Id}.");
}
