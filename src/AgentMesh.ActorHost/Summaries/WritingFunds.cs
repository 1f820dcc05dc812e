using System.Security.Cryptography;
using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.ActorHost.Turns;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Summaries;

/// <summary>The money of one writing of a summary: its agent holds it.</summary>
internal sealed class WritingFunds(TurnActors actors, string agent, string session, TenantFunds tenant) : ModelFunds(tenant)
{
    private readonly string _writing = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private int _call;

    /// <summary>The writing is over. Unsaid, as when the process dies, its hold counts in full in the end.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) =>
        _call == 0 ? Task.CompletedTask : actors.SettleSummaryAsync(agent, _writing, _call, LastMicroUsd, cancellationToken);

    protected override async Task<long> TakeAsync(CallEstimate estimate, long? lastMicroUsd, SpendingStop? stop, CancellationToken cancellationToken)
    {
        var held = await actors.HoldSummaryAsync(agent, session, _writing, ++_call, estimate, lastMicroUsd, stop, cancellationToken);
        return held.Value?.GrantedMicroUsd ?? throw new BudgetReachedException(held.Refusal?.Code ?? held.Value!.PausedCode!);
    }
}
