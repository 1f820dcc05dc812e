using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>What is asked of a tenant's list of agents.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>A part of it.</summary>
    public Task<Result<AgentList>> ListAgentsAsync(TenantId tenant, ListAgents request, CancellationToken cancellationToken) =>
        AskAsync<ListAgents, AgentList>(tenant, nameof(ITenantAgents.ListAgents), request, cancellationToken);
}
