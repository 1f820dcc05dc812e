using System.Text.Json;
using AgentMesh.ActorHost.Agents;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;
using Dapr.Actors.Client;

namespace AgentMesh.ActorHost.Sweeping;

/// <summary>
/// What the sweep says to tenants and asks of agents, through the sidecar. Not retried here: each call is safe to repeat, and who calls comes again.
/// </summary>
internal sealed class SweepActors(IActorProxyFactory proxies, TimeProvider time)
{
    /// <summary>True for what a call throws when the actor is not reached, fails, answers what nobody understands, or is not heard of in time.</summary>
    public static bool IsFault(Exception exception, CancellationToken cancellationToken) =>
        AgentRetries.IsFault(exception) || exception is JsonException || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested;

    public async Task<DueOutlook> NoteAsync(string tenant, NoteDue request, CancellationToken cancellationToken) =>
        ValueOf(await CallTenantAsync<NoteDue, DueOutlook>(tenant, nameof(ITenantActor.NoteDue), request, cancellationToken));

    public async Task<DueAgents> TakeAsync(string tenant, TakeDue request, CancellationToken cancellationToken) =>
        ValueOf(await CallTenantAsync<TakeDue, DueAgents>(tenant, nameof(ITenantActor.TakeDue), request, cancellationToken));

    public async Task<DueOutlook> SettleAsync(string tenant, SettleDue request, CancellationToken cancellationToken) =>
        ValueOf(await CallTenantAsync<SettleDue, DueOutlook>(tenant, nameof(ITenantActor.SettleDue), request, cancellationToken));

    public Task ForgetAsync(string tenant, ForgetDue request, CancellationToken cancellationToken) =>
        CallTenantAsync<ForgetDue, DueForgotten>(tenant, nameof(ITenantActor.ForgetDue), request, cancellationToken);

    /// <summary>Wakes an agent and has it do what is due.</summary>
    public Task<Result<AgentOutlook>> LookAfterAsync(AgentKey agent, CancellationToken cancellationToken) =>
        proxies.AskOnceAsync<object, AgentOutlook>(time, AgentActorType.Name, agent.ToString(), nameof(IAgentSweep.LookAfter), null, cancellationToken);

    // A tenant refuses nothing.
    private static T ValueOf<T>(Result<T> answer)
        where T : class => answer.Value ?? throw new JsonException($"A tenant refused: {answer.Refusal!.Code}");

    private Task<Result<TAnswer>> CallTenantAsync<TRequest, TAnswer>(string tenant, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class => proxies.AskOnceAsync<TRequest, TAnswer>(time, TenantActorType.Name, tenant, method, request, cancellationToken);
}
