using System.Globalization;
using System.Text.Json.Nodes;
using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Purchases;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Purchases;

/// <summary>Refusals as they are stored with a purchase, with what programs are told beside them.</summary>
internal static class PurchaseReasons
{
    /// <summary>The reason of a refusal.</summary>
    public static PurchaseReason Of(Refusal refusal) => new(refusal.Code, refusal.Detail, refusal switch
    {
        PaymentNotPossible impossible => new JsonObject { ["reason"] = impossible.Reason.Code }.ToJsonString(),
        ApprovalRequired approval => new JsonObject { ["approvalId"] = approval.ApprovalId }.ToJsonString(),
        BudgetRefusal { Shortage: var shortage } => new JsonObject
        {
            ["scope"] = shortage.Scope,
            ["asset"] = shortage.Asset,
            ["window"] = shortage.Window,
            ["available"] = shortage.Available.ToString(CultureInfo.InvariantCulture),
            ["resetsAt"] = shortage.ResetsAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        }.ToJsonString(),
        _ => null,
    });
}
