using AgentMesh.ActorHost.Budgets;
using AgentMesh.ActorHost.Wallets;
using AgentMesh.Contracts.Tenants;
using Dapr.Actors.Runtime;
using DaprActorHost = Dapr.Actors.Runtime.ActorHost;

namespace AgentMesh.ActorHost.Tenants;

/// <summary>
/// What the agents of one tenant share: a thin shell over <c>AgentMesh.Agents</c>. Nothing of its state stays in memory between two calls; they are
/// few, and the store is the truth.
/// </summary>
[Actor(TypeName = TenantActorType.Name)]
internal sealed partial class TenantActor(DaprActorHost host, TimeProvider time, LedgerClock clock, AgentWallets wallets)
    : Actor(host), ITenantActor, ITenantWallets, ITenantAgents, ITenantBudgets;
