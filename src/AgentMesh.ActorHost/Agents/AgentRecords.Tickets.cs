using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Tickets;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Which tickets were used. Beside the head, and read anew each time: another activation may have taken one.</summary>
internal sealed partial class AgentRecords
{
    /// <summary>The tickets that were used.</summary>
    public async ValueTask<SpentTickets> LoadTicketsAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Tickets);
        return (await state.TryGetStateAsync<SpentTickets>(StateKeys.Tickets, cancellationToken)).Value ?? SpentTickets.Empty;
    }

    /// <summary>Commits that one more was.</summary>
    public async Task StoreAsync(SpentTickets tickets, CancellationToken cancellationToken)
    {
        await state.SetStateAsync(StateKeys.Tickets, tickets, cancellationToken);
        await SaveAsync(cancellationToken);
    }
}
