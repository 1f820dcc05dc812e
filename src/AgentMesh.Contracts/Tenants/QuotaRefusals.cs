namespace AgentMesh.Contracts.Tenants;

/// <summary>Codes of refusals of what a tenant may have.</summary>
public static class QuotaRefusals
{
    /// <summary>The tenant has as many agents as it may.</summary>
    public const string TooManyAgents = "too_many_agents";

    /// <summary>The messages of the tenant's agents take as much as they may.</summary>
    public const string TenantStorageFull = "tenant_storage_full";
}
