using AgentMesh.Agents.Budgets;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>The tenant's money for one reply of a model: a reservation for each try, and back with it what the try has not cost. Not for two tries at a time.</summary>
internal sealed class TenantFunds(TenantGate gate, string agent, TimeProvider time)
{
    private TenantReservation _reserved = TenantReservation.None;

    /// <summary>Sets aside what a try may cost, or what there is when that is enough.</summary>
    /// <param name="wantedMicroUsd">What it may cost at most.</param>
    /// <param name="leastMicroUsd">The least that it is worth making for.</param>
    /// <param name="lastMicroUsd">What the try before it has cost; null: not known, or there was none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is set aside, or why nothing is; then the agent is told.</returns>
    public async Task<(long MicroUsd, Refusal? Stop)> ReserveAsync(long wantedMicroUsd, long leastMicroUsd, long? lastMicroUsd, CancellationToken cancellationToken)
    {
        Return(lastMicroUsd);
        if (!AgentKey.TryParse(agent, out var key))
            return (wantedMicroUsd, null);
        var share = await gate.ReserveAsync(time, key.Tenant, BudgetAssets.Usd, (UInt128)wantedMicroUsd, (UInt128)leastMicroUsd, cancellationToken);
        _reserved = share.Reservation;
        return share.Amount == 0 ? (wantedMicroUsd, share.Shortage) : ((long)share.Amount, null);
    }

    /// <summary>Waits until what passes may have passed.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => TenantReserving.WaitAsync(time, cancellationToken);

    /// <summary>The last try is over.</summary>
    /// <param name="costMicroUsd">What it has cost; null: not known, so that all that was set aside counts.</param>
    public void Return(long? costMicroUsd)
    {
        var cost = costMicroUsd is { } known ? (UInt128)Math.Max(known, 0) : _reserved.Amount;
        TenantGate.Return(_reserved, cost < _reserved.Amount ? _reserved.Amount - cost : 0);
        _reserved = TenantReservation.None;
    }
}
