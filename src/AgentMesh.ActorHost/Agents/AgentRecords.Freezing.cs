using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Freezing;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Whether an operator has stopped the agent's spending. Beside the conversation: a message that costs nothing reads nothing of it, and an erasure leaves it.</summary>
internal sealed partial class AgentRecords
{
    private (bool IsLoaded, FreezeRecord? Stored) _freeze;

    /// <summary>The freeze as stored, from memory after the first time; null when there is none.</summary>
    public async ValueTask<FreezeRecord?> LoadFreezeAsync(CancellationToken cancellationToken)
    {
        if (!_freeze.IsLoaded)
        {
            _ofTheTurn.Add(StateKeys.Freeze);
            _freeze = (true, (await state.TryGetStateAsync<FreezeRecord>(StateKeys.Freeze, cancellationToken)).Value);
        }

        return _freeze.Stored;
    }

    /// <summary>Commits a freeze, or its end.</summary>
    /// <param name="before">The head it began with; null: there is none, and none is stored.</param>
    /// <param name="change">The records.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async Task StoreAsync(AgentHead? before, FreezeChange change, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Freeze);
        if (change.Freeze is { } freeze)
            await state.SetStateAsync(StateKeys.Freeze, freeze, cancellationToken);
        else
            await state.TryRemoveStateAsync(StateKeys.Freeze, cancellationToken);
        if (change.Agent is { } agent && before is not null)
            await StoreAsync(before, before.Page, agent, cancellationToken);
        else
            await SaveAsync(cancellationToken);
        _freeze = (true, change.Freeze);
    }
}
