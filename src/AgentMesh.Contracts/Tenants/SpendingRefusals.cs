namespace AgentMesh.Contracts.Tenants;

/// <summary>Refusal codes of who may spend at all, in order of precedence. Documented in <c>docs/refusals.md</c>.</summary>
public static class SpendingRefusals
{
    /// <summary>Whether the tenant may spend is not known at the moment.</summary>
    public const string TenantUnknown = "tenant_unknown";

    /// <summary>An operator has frozen the tenant.</summary>
    public const string TenantFrozen = "tenant_frozen";

    /// <summary>An operator has frozen the agent.</summary>
    public const string AgentFrozen = "agent_frozen";

    /// <summary>As many processes have leases as the tenant gives out.</summary>
    public const string TooManyLeases = "too_many_leases";

    /// <summary>The lease has ended, and what it came to is counted as spent.</summary>
    public const string LeaseEnded = "lease_ended";

    /// <summary>A freeze has no reason, or one of more than 200 characters.</summary>
    public const string InvalidReason = "invalid_reason";
}
