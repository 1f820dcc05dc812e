using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;
using Dapr.Actors;
using Dapr.Actors.Client;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>What errands tell agents and tenants, through the sidecar. Not retried here: each call is safe to repeat, and the agent's flush repeats it.</summary>
internal sealed class WalletActors(IActorProxyFactory proxies, TimeProvider time)
{
    /// <summary>Longer than any turn of an actor.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(25);

    /// <summary>The tenant's list has these wallets.</summary>
    public Task<Result<WalletsNoted>> NoteAsync(string tenant, IReadOnlyList<NotedWallet> wallets, CancellationToken cancellationToken) =>
        CallAsync<NoteWallets, WalletsNoted>(tenant, TenantActorType.Name, nameof(ITenantWallets.NoteWallets), new NoteWallets(wallets), cancellationToken);

    /// <summary>The agent's errand is over.</summary>
    public Task<Result<SealedWallet>> NoteAsync(string agent, NoteWallet note, CancellationToken cancellationToken) =>
        CallAsync<NoteWallet, SealedWallet>(agent, AgentActorType.Name, nameof(IAgentWallets.NoteWallet), note, cancellationToken);

    private async Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(string id, string type, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class
    {
        using var clock = new CancellationTokenSource(CallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        return (await proxies.Create(new ActorId(id), type).AskAsync<TRequest, TAnswer>(method, request, either.Token)).ToResult();
    }
}
