using AgentMesh.ActorHost.Responders;

namespace AgentMesh.ActorHost.Turns;

/// <summary>The money of one run of a turn: its agent holds it.</summary>
internal sealed class RunFunds(TurnActors actors, AgentRun run) : ModelFunds
{
    private int _call;

    protected override async Task<long> TakeAsync(CallEstimate estimate, long? lastMicroUsd, CancellationToken cancellationToken)
    {
        var held = await actors.HoldCallAsync(run, ++_call, estimate, lastMicroUsd, cancellationToken);
        if (held.IsRefused)
            throw new TurnLostException();
        return held.Value.GrantedMicroUsd ?? throw new BudgetReachedException(held.Value.PausedCode!);
    }
}
