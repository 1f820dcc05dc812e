using AgentMesh.ActorHost.Responders;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests.Responders;

/// <summary>Money in memory: what was held for each try, and what each try before the last has cost.</summary>
internal sealed class FakeFunds(long availableMicroUsd = long.MaxValue) : ModelFunds(null)
{
    /// <summary>USD micro-units of each hold, in order.</summary>
    public List<long> Held { get; } = [];

    /// <summary>What each hold was asked for.</summary>
    public List<CallEstimate> Asked { get; } = [];

    /// <summary>What the try before each hold has cost, as the hold was told; null: not known.</summary>
    public List<long?> Told { get; } = [];

    /// <summary>What is counted: what a try has cost, or all that was held for it.</summary>
    public long Counted => Count(LastMicroUsd);

    protected override Task<long> TakeAsync(CallEstimate estimate, long? lastMicroUsd, SpendingStop? stop, CancellationToken cancellationToken)
    {
        var available = availableMicroUsd - Count(lastMicroUsd);
        if (available < estimate.LeastMicroUsd)
            throw new BudgetReachedException("budget_exceeded");
        Told.Add(lastMicroUsd);
        Asked.Add(estimate);
        Held.Add(Math.Min(available, estimate.WantedMicroUsd));
        return Task.FromResult(Held[^1]);
    }

    private long Count(long? last) => Held.Zip(Told.Skip(1).Append(last)).Sum(one => one.Second ?? one.First);
}
