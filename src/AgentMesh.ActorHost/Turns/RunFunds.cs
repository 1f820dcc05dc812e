using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Turns;

/// <summary>The money of one run of a turn: its agent holds it.</summary>
internal sealed class RunFunds(TurnActors actors, AgentRun run, TenantFunds tenant) : ModelFunds(tenant)
{
    private int _call;

    protected override async Task<long> TakeAsync(CallEstimate estimate, SpendingStop? stop, CancellationToken cancellationToken)
    {
        var held = await actors.HoldCallAsync(run, ++_call, estimate, LastMicroUsd, stop, cancellationToken);
        if (held.IsRefused)
            throw new TurnLostException();
        return held.Value.GrantedMicroUsd ?? throw new BudgetReachedException(held.Value.PausedCode!);
    }
}
