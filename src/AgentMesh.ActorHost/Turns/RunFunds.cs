using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;

namespace AgentMesh.ActorHost.Turns;

/// <summary>The money of one run of a turn: its agent holds it.</summary>
internal sealed class RunFunds(TurnActors actors, AgentRun run, TenantFunds tenant) : ModelFunds(tenant)
{
    private int _call;

    protected override async Task<long> TakeAsync(CallEstimate estimate, long? lastMicroUsd, SpendingStop? stop, CancellationToken cancellationToken)
    {
        _call++;
        for (var attempt = 1; ; attempt++)
        {
            var held = await actors.HoldCallAsync(run, _call, estimate, lastMicroUsd, stop, cancellationToken);
            if (!held.IsRefused)
                return held.Value.GrantedMicroUsd ?? throw new BudgetReachedException(held.Value.PausedCode!);
            if (held.Refusal.Code != SpendingRefusals.TenantUnknown)
                throw new TurnLostException();
            // The agent may live in another process than its run does, and that one has only begun to ask.
            await WaitAsync(cancellationToken);
            stop = attempt < TenantReserving.MaxAttempts ? null : new SpendingStop(held.Refusal.Code, held.Refusal.Detail);
        }
    }
}
