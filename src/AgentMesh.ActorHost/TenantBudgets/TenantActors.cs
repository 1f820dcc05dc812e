using System.Security.Cryptography;
using AgentMesh.ActorHost.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;
using Dapr.Actors.Client;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>What this process asks of tenants, through the sidecar. Not retried here: each call is safe to repeat, and who calls comes again.</summary>
internal sealed class TenantActors(IActorProxyFactory proxies, TimeProvider time)
{
    /// <summary>A process that waits longer than that for a lease is of no use to who waits for it.</summary>
    private static readonly TimeSpan LeaseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>This process, among all that there ever are.</summary>
    public string Holder { get; } = NewId();

    /// <summary>A name for a lease, never used before.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public Task<Result<TenantState>> GetStateAsync(TenantId tenant, long version, TimeSpan timeout, CancellationToken cancellationToken) =>
        AskAsync<GetTenantState, TenantState>(tenant, nameof(ITenantBudgets.GetTenantState), new GetTenantState(version, Holder), timeout, cancellationToken);

    public Task<Result<TenantLease>> TakeAsync(TenantId tenant, TakeLease request, CancellationToken cancellationToken) =>
        AskAsync<TakeLease, TenantLease>(tenant, nameof(ITenantBudgets.TakeLease), request, LeaseTimeout, cancellationToken);

    public Task<Result<TenantLease>> SettleAsync(TenantId tenant, SettleLease request, CancellationToken cancellationToken) =>
        AskAsync<SettleLease, TenantLease>(tenant, nameof(ITenantBudgets.SettleLease), request, LeaseTimeout, cancellationToken);

    private Task<Result<TAnswer>> AskAsync<TRequest, TAnswer>(
        TenantId tenant, string method, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TAnswer : class =>
        proxies.AskOnceAsync<TRequest, TAnswer>(time, TenantActorType.Name, tenant.ToString(), method, request, cancellationToken, timeout);
}
