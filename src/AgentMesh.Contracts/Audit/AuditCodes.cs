namespace AgentMesh.Contracts.Audit;

/// <summary>Refusal codes of the audit chain, in order of precedence. Documented in <c>docs/refusals.md</c>.</summary>
public static class AuditCodes
{
    /// <summary>As many admin actions of the tenant are under way as may be.</summary>
    public const string TooManyAdminActions = "too_many_admin_actions";

    /// <summary>What was asked for could not be noted, before or after it was done. Said by the gateway.</summary>
    public const string AuditUnavailable = "audit_unavailable";
}
