using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;

namespace AgentMesh.Agents.Approvals;

/// <summary>What the event log has of approvals.</summary>
internal static class ApprovalFacts
{
    internal const string Used = "used";

    /// <summary>The word of a state, on the wire too.</summary>
    internal static string WordOf(ApprovalState state) => state switch
    {
        ApprovalState.Pending => "pending",
        ApprovalState.Approved => "approved",
        ApprovalState.Denied => "denied",
        _ => "expired",
    };

    internal static FactEntry Of(Approval approval, DateTimeOffset now) => Of(approval, WordOf(approval.State), now);

    internal static FactEntry Of(Approval approval, string status, DateTimeOffset now) =>
        FactEntry.Of(SessionNames.Default, now, FactTypes.Approval, ("approval", approval.Id), ("status", status));
}
