using AgentMesh.Contracts.Audit;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>The audit chains of tenants.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>Notes an intent, once for all retries.</summary>
    public Task<Result<BegunAction>> BeginActionAsync(TenantId tenant, BeginAction action, CancellationToken cancellationToken) =>
        AskTenantsAsync<BeginAction, BegunAction>(tenant, AuditActorType.Name, nameof(IAuditActor.BeginAction), action, cancellationToken);

    /// <summary>Notes an outcome, once for all retries.</summary>
    public Task<Result<BegunAction>> EndActionAsync(TenantId tenant, EndAction action, CancellationToken cancellationToken) =>
        AskTenantsAsync<EndAction, BegunAction>(tenant, AuditActorType.Name, nameof(IAuditActor.EndAction), action, cancellationToken);

    /// <summary>Reads a part of the chain.</summary>
    public Task<Result<AuditPart>> ReadAuditAsync(TenantId tenant, ReadAudit part, CancellationToken cancellationToken) =>
        AskTenantsAsync<ReadAudit, AuditPart>(tenant, AuditActorType.Name, nameof(IAuditActor.ReadAudit), part, cancellationToken);
}
