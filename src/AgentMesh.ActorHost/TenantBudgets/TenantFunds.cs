using AgentMesh.Agents.Budgets;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>The tenant's money for one reply of a model: a reservation for each try, and back with it what the try has not cost. Not for two tries at a time.</summary>
internal sealed class TenantFunds(TenantGate gate, string agent, TimeProvider time)
{
    /// <summary>How often what passes is asked again.</summary>
    internal const int MaxAttempts = 20;

    /// <summary>Between two times.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

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
        var amount = (UInt128)wantedMicroUsd;
        for (var attempt = 1; ; attempt++)
        {
            var reserved = await gate.ReserveAsync(key.Tenant, BudgetAssets.Usd, amount, cancellationToken);
            if (!reserved.IsRefused)
            {
                _reserved = reserved.Value;
                return ((long)amount, null);
            }

            var left = (reserved.Refusal as BudgetRefusal)?.Shortage.Available ?? 0;
            var isLess = left < amount && left >= (UInt128)leastMicroUsd;
            if (attempt == MaxAttempts || !isLess && reserved.Refusal.Code is not (SpendingRefusals.TenantUnknown or SpendingRefusals.TooManyLeases))
                return (wantedMicroUsd, reserved.Refusal);
            if (isLess)
                amount = left;
            else
                await WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until what passes may have passed.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Pause, time, cancellationToken);

    /// <summary>The last try is over.</summary>
    /// <param name="costMicroUsd">What it has cost; null: not known, so that all that was set aside counts.</param>
    public void Return(long? costMicroUsd)
    {
        var cost = costMicroUsd is { } known ? (UInt128)Math.Max(known, 0) : _reserved.Amount;
        TenantGate.Return(_reserved, cost < _reserved.Amount ? _reserved.Amount - cost : 0);
        _reserved = TenantReservation.None;
    }
}
