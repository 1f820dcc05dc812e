using System.Collections.Immutable;
using AgentMesh.Agents.Events;

namespace AgentMesh.Agents.Approvals;

/// <summary>What a verb comes to.</summary>
/// <param name="Table">The approvals after it.</param>
/// <param name="Approval">The one that it was about.</param>
/// <param name="Facts">What the event log is to have of it, in the same transaction; empty: nothing has changed, and nothing is to be stored.</param>
public sealed record ApprovalStep(ApprovalTable Table, Approval Approval, ImmutableArray<FactEntry> Facts)
{
    /// <summary>Whether that payment may be made: the approval is used up by it.</summary>
    public bool IsGranted(string paymentId) => Approval.UsedBy == paymentId;
}
