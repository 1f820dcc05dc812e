using AgentMesh.Primitives;

namespace AgentMesh.Agents.Freezing;

/// <summary>Why nothing is spent. Codes of <c>AgentMesh.Contracts.Tenants.SpendingRefusals</c>; a test holds them together.</summary>
public static class FreezeRefusals
{
    /// <summary>Nothing was heard of the tenant yet, or not for too long.</summary>
    public static readonly Refusal TenantUnknown = new(
        "tenant_unknown", "Whether the tenant may spend is not known at the moment, so nothing is spent. Try again.");

    /// <summary>This process cannot tell when a window of the tenant is over.</summary>
    public static readonly Refusal ClockOff = new(
        "tenant_unknown", "The clock of the agent's process is more than 30 s off that of its tenant, so nothing is spent. Try again, and see to the clocks.");

    /// <summary>The agent is frozen.</summary>
    public static readonly Refusal AgentFrozen = new("agent_frozen", "The agent is frozen: it answers and spends nothing until an operator unfreezes it.");

    /// <summary>The tenant is frozen.</summary>
    public static readonly Refusal TenantFrozen = new(
        "tenant_frozen", "The tenant is frozen: its agents answer and spend nothing until an operator unfreezes it.");
}
