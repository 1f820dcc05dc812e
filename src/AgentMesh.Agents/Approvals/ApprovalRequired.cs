using AgentMesh.Primitives;

namespace AgentMesh.Agents.Approvals;

/// <summary>A refusal that says which approval is waited for.</summary>
/// <param name="Code">The code.</param>
/// <param name="Detail">One sentence that is safe to show to the caller.</param>
/// <param name="ApprovalId">The approval.</param>
public sealed record ApprovalRequired(string Code, string Detail, string ApprovalId) : Refusal(Code, Detail);
