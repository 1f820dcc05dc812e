using AgentMesh.Contracts.Audit;
using AgentMesh.Primitives;
using Dapr.Actors;

namespace AgentMesh.Gateway.Agents;

/// <summary>The audit chains of tenants.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>Notes an intent, once for all retries.</summary>
    public Task<Result<BegunAction>> BeginActionAsync(TenantId tenant, BeginAction action, CancellationToken cancellationToken) =>
        AskAuditAsync<BeginAction, BegunAction>(tenant, nameof(IAuditActor.BeginAction), action, cancellationToken);

    /// <summary>Notes an outcome, once for all retries.</summary>
    public Task<Result<BegunAction>> EndActionAsync(TenantId tenant, EndAction action, CancellationToken cancellationToken) =>
        AskAuditAsync<EndAction, BegunAction>(tenant, nameof(IAuditActor.EndAction), action, cancellationToken);

    /// <summary>Reads a part of the chain.</summary>
    public Task<Result<AuditPart>> ReadAuditAsync(TenantId tenant, ReadAudit part, CancellationToken cancellationToken) =>
        AskAuditAsync<ReadAudit, AuditPart>(tenant, nameof(IAuditActor.ReadAudit), part, cancellationToken);

    private async Task<Result<TAnswer>> AskAuditAsync<TRequest, TAnswer>(TenantId tenant, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class => (await CallAsync<TRequest, TAnswer>(new ActorId(tenant.ToString()), AuditActorType.Name, method, request, cancellationToken)).ToResult();
}
