using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>Tickets, which the gateway makes and their agents spend.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>Spends a ticket, once for all retries.</summary>
    public Task<Result<TicketUse>> UseTicketAsync(AgentKey agent, UseTicket use, CancellationToken cancellationToken) =>
        AskAsync<UseTicket, TicketUse>(agent, nameof(IAgentTickets.UseTicket), use, cancellationToken);
}
