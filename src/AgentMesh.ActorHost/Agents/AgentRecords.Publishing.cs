using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;

namespace AgentMesh.ActorHost.Agents;

/// <summary>How far the agent's events are published. Beside the head: nothing that an agent decides depends on it.</summary>
internal sealed partial class AgentRecords
{
    /// <summary>How far events are published, as stored; null when nothing is.</summary>
    public async ValueTask<PublishedRecord?> LoadPublishedAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Published);
        return (await state.TryGetStateAsync<PublishedRecord>(StateKeys.Published, cancellationToken)).Value;
    }

    /// <summary>Commits how far events are published.</summary>
    public async Task StoreAsync(PublishedRecord published, CancellationToken cancellationToken)
    {
        await SetAsync(published, cancellationToken);
        await SaveAsync(cancellationToken);
    }

    private async Task SetAsync(PublishedRecord published, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Published);
        await state.SetStateAsync(StateKeys.Published, published, cancellationToken);
    }
}
