using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Responders;

/// <summary>
/// The money for a reply. Each try of each call of the model has a hold of its own: a try that breaks off may cost all that it could, whatever the
/// next one costs.
/// </summary>
/// <param name="tenant">What the tenant has for it; null: no tenant is asked.</param>
internal abstract class ModelFunds(TenantFunds? tenant)
{
    /// <summary>What the last try has cost, USD micro-units; null: not known, so that all that was held for it counts.</summary>
    public long? LastMicroUsd { get; private set; }

    /// <summary>Takes a hold for a try that is about to be made, and tells what the one before it has cost.</summary>
    /// <param name="estimate">What it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>USD micro-units: no more than wanted, and no less than the least.</returns>
    /// <exception cref="BudgetReachedException">There is less than the least.</exception>
    public async Task<long> HoldAsync(CallEstimate estimate, CancellationToken cancellationToken)
    {
        var last = LastMicroUsd;
        // Before the hold is there: if its answer is lost, what is said of the last try is not said of this one.
        LastMicroUsd = null;
        var (wanted, stop) = tenant is null
            ? (estimate.WantedMicroUsd, null)
            : await tenant.ReserveAsync(estimate.WantedMicroUsd, estimate.LeastMicroUsd, last, cancellationToken);
        try
        {
            return await TakeAsync(estimate with { WantedMicroUsd = wanted }, last, SpendingStops.Of(stop), cancellationToken);
        }
        catch (BudgetReachedException)
        {
            tenant?.Return(0);
            throw;
        }
    }

    /// <summary>What the last try has cost is known.</summary>
    public void Spent(long microUsd) => LastMicroUsd = microUsd;

    /// <summary>The last try is over, and what it has cost is told or never will be.</summary>
    public void End() => tenant?.Return(LastMicroUsd);

    /// <summary>Waits until what is only not known of the tenant may be.</summary>
    protected Task WaitAsync(CancellationToken cancellationToken) => tenant?.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Takes the hold, in a transaction that settles the one before it.</summary>
    /// <param name="estimate">What it may take.</param>
    /// <param name="lastMicroUsd">What the one before has cost; null: not known, or there was none.</param>
    /// <param name="stop">Why the tenant has no money for it; null: it has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    protected abstract Task<long> TakeAsync(CallEstimate estimate, long? lastMicroUsd, SpendingStop? stop, CancellationToken cancellationToken);
}
