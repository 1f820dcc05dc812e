using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Policies;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The records of what the agent may pay. No message reads them.</summary>
internal sealed partial class AgentRecords
{
    /// <summary>The agent's own policy; null: it has none.</summary>
    public async ValueTask<PolicyRecord?> LoadPolicyAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Policy);
        return (await state.TryGetStateAsync<PolicyRecord>(StateKeys.Policy, cancellationToken)).Value;
    }

    /// <summary>What the policy remembers of payments.</summary>
    public async ValueTask<SpendingMemory> LoadSpendingAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Spending);
        return (await state.TryGetStateAsync<SpendingMemory>(StateKeys.Spending, cancellationToken)).Value ?? SpendingMemory.Empty;
    }

    /// <summary>The approvals.</summary>
    public async ValueTask<ApprovalTable> LoadApprovalsAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Approvals);
        return (await state.TryGetStateAsync<ApprovalTable>(StateKeys.Approvals, cancellationToken)).Value ?? ApprovalTable.Empty;
    }

    /// <summary>Has a policy stored, or its record go, with the agent's next transaction.</summary>
    public async Task SetAsync(PolicyRecord? policy, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Policy);
        if (policy is null)
            await state.TryRemoveStateAsync(StateKeys.Policy, cancellationToken);
        else
            await state.SetStateAsync(StateKeys.Policy, policy, cancellationToken);
    }

    /// <summary>What a change has of payments that the agent makes.</summary>
    private async Task SetSpendingAsync(AgentChange change, CancellationToken cancellationToken)
    {
        if (change.Spending is { } spending)
        {
            _ofTheTurn.Add(StateKeys.Spending);
            await state.SetStateAsync(StateKeys.Spending, spending, cancellationToken);
        }

        if (change.Approvals is { } approvals)
        {
            _ofTheTurn.Add(StateKeys.Approvals);
            await state.SetStateAsync(StateKeys.Approvals, approvals, cancellationToken);
        }
    }
}
