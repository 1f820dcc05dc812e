using AgentMesh.ActorHost.Agents;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;
using Dapr.Actors.Client;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>What errands tell agents and tenants, through the sidecar. Not retried here: each call is safe to repeat, and the agent's flush repeats it.</summary>
internal sealed class WalletActors(IActorProxyFactory proxies, TimeProvider time)
{
    /// <summary>The tenant's list has these wallets.</summary>
    public Task<Result<WalletsNoted>> NoteAsync(string tenant, IReadOnlyList<NotedWallet> wallets, CancellationToken cancellationToken) =>
        proxies.AskOnceAsync<NoteWallets, WalletsNoted>(time, TenantActorType.Name, tenant, nameof(ITenantWallets.NoteWallets), new NoteWallets(wallets), cancellationToken);

    /// <summary>The agent's errand is over.</summary>
    public Task<Result<SealedWallet>> NoteAsync(string agent, NoteWallet note, CancellationToken cancellationToken) =>
        proxies.AskOnceAsync<NoteWallet, SealedWallet>(time, AgentActorType.Name, agent, nameof(IAgentWallets.NoteWallet), note, cancellationToken);
}
