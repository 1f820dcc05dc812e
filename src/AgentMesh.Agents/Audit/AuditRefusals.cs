using AgentMesh.Primitives;

namespace AgentMesh.Agents.Audit;

/// <summary>Why an audit chain says no, in order of precedence. The codes are those of <c>AgentMesh.Contracts.Audit.AuditCodes</c>; a test holds them together.</summary>
public static class AuditRefusals
{
    /// <summary>A list of none or of too many.</summary>
    public static Refusal InvalidLimit { get; } = new("invalid_limit", $"limit is 1 to {AuditLimits.ListLength}.");

    /// <summary>As many actions under way as there may be.</summary>
    public static Refusal TooManyOpen { get; } = new(
        "too_many_admin_actions", $"The tenant has {AuditLimits.Open} admin actions under way, or cut off within the last hour.");
}
