using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Tickets with which browsers watch: each is used once, at whichever gateway.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<TicketUse>> UseTicket(UseTicket request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var tickets = await _records.LoadTicketsAsync(cancellationToken);
        var spending = tickets.Spend(request.Id, request.UseId, request.ExpiresAt, _time.GetUtcNow());
        if (spending.IsRefused)
            return Refused<TicketUse>(spending.Refusal);
        if (spending.Value.Tickets is { } spent)
            await _records.StoreAsync(spent, cancellationToken);
        return new Reply<TicketUse>(new TicketUse(spending.Value.IsFirst), null);
    });
}
