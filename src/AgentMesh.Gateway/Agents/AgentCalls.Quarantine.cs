using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>What is asked of a tenant's list of damaged agents.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>All of it.</summary>
    public Task<Result<QuarantineList>> ListQuarantinedAsync(TenantId tenant, CancellationToken cancellationToken) =>
        AskAsync<object?, QuarantineList>(tenant, nameof(ITenantQuarantine.ListQuarantined), null, cancellationToken);

    /// <summary>Takes an agent off it.</summary>
    public Task<Result<QuarantineNoted>> ReleaseQuarantineAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<ReleaseQuarantine, QuarantineNoted>(agent.Tenant, nameof(ITenantQuarantine.ReleaseQuarantine), new ReleaseQuarantine(agent.User.ToString()), cancellationToken);
}
