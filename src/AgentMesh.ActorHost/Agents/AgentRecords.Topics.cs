using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Topics;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The topics the agent has joined, only for the turn that needs them.</summary>
internal sealed partial class AgentRecords
{
    /// <summary>As stored.</summary>
    public async ValueTask<AgentTopics> LoadTopicsAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Topics);
        return (await state.TryGetStateAsync<AgentTopics>(StateKeys.Topics, cancellationToken)).Value ?? AgentTopics.Empty;
    }

    /// <summary>Commits them, if anything has changed.</summary>
    public async Task StoreAsync(AgentHead before, TopicsChange change, CancellationToken cancellationToken)
    {
        if (change.Agent is not { } agent)
            return;
        if (change.Topics.All.IsEmpty)
            await state.TryRemoveStateAsync(StateKeys.Topics, cancellationToken);
        else
            await state.SetStateAsync(StateKeys.Topics, change.Topics, cancellationToken);
        await StoreAsync(before, before.Page, agent, cancellationToken);
    }
}
