using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>What the gateway asks before it lets a caller with a ticket watch. Tickets are made and read by the gateway alone; here is only that each is used once.</summary>
public interface IAgentTickets : IActor
{
    /// <summary>Spends a ticket; a repeat with the same use is told the same. Refused with <see cref="TicketCodes.TooManyTickets"/>.</summary>
    Task<Reply<TicketUse>> UseTicket(UseTicket request, CancellationToken cancellationToken);
}

/// <summary>Refusal codes of tickets. Documented in <c>docs/refusals.md</c>.</summary>
public static class TicketCodes
{
    /// <summary>The agent has taken as many tickets as it remembers.</summary>
    public const string TooManyTickets = "too_many_tickets";
}

/// <summary>Uses a ticket.</summary>
/// <param name="Id">Which; nobody can tell the ticket by it.</param>
/// <param name="UseId">Which use: the idempotency key.</param>
/// <param name="ExpiresAt">From then on it opens nothing.</param>
public sealed record UseTicket(string Id, string UseId, DateTimeOffset ExpiresAt);

/// <summary>Whether a ticket opens something.</summary>
/// <param name="IsFirst">It does: it was not used before, and has not expired by the agent's clock.</param>
public sealed record TicketUse(bool IsFirst);
