namespace AgentMesh.ActorHost.Responders;

/// <summary>
/// The money for a reply. Each try of each call of the model has a hold of its own: a try that breaks off may cost all that it could, whatever the
/// next one costs.
/// </summary>
internal abstract class ModelFunds
{
    /// <summary>What the last try has cost, USD micro-units; null: not known, so that all that was held for it counts.</summary>
    public long? LastMicroUsd { get; private set; }

    /// <summary>Takes a hold for a try that is about to be made, and tells what the one before it has cost.</summary>
    /// <param name="estimate">What it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>USD micro-units: no more than wanted, and no less than the least.</returns>
    /// <exception cref="BudgetReachedException">There is less than the least.</exception>
    public Task<long> HoldAsync(CallEstimate estimate, CancellationToken cancellationToken)
    {
        var last = LastMicroUsd;
        // Before the hold is there: if its answer is lost, what is said of the last try is not said of this one.
        LastMicroUsd = null;
        return TakeAsync(estimate, last, cancellationToken);
    }

    /// <summary>What the last try has cost is known.</summary>
    public void Spent(long microUsd) => LastMicroUsd = microUsd;

    /// <summary>Takes the hold, in a transaction that settles the one before it.</summary>
    /// <param name="estimate">What the try may take.</param>
    /// <param name="lastMicroUsd">What the one before has cost; null: not known, or there was none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    protected abstract Task<long> TakeAsync(CallEstimate estimate, long? lastMicroUsd, CancellationToken cancellationToken);
}
