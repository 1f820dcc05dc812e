namespace AgentMesh.Contracts.Agents;

/// <summary>Refusal codes of policies and approvals, in order of precedence. Documented in <c>docs/refusals.md</c>.</summary>
public static class PolicyRefusals
{
    /// <summary>The document is no policy.</summary>
    public const string InvalidPolicy = "invalid_policy";

    /// <summary>The policy, or a person who was asked, denies the payment.</summary>
    public const string PolicyDenied = "policy_denied";

    /// <summary>The agent has as many approvals that wait as it keeps.</summary>
    public const string TooManyApprovals = "too_many_approvals";

    /// <summary>The payment waits for a person's approval.</summary>
    public const string ApprovalRequired = "approval_required";

    /// <summary>No such approval.</summary>
    public const string ApprovalNotFound = "approval_not_found";

    /// <summary>The approval was decided the other way, or has expired.</summary>
    public const string ApprovalDecided = "approval_decided";
}
