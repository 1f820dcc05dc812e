using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tickets;

/// <summary>Why a ticket is not taken. Codes of <c>AgentMesh.Contracts.Agents.TicketCodes</c>; a test holds them together.</summary>
public static class TicketRefusals
{
    /// <summary>As many as fit were used in the time in which one is good.</summary>
    public static Refusal TooMany { get; } = new(
        "too_many_tickets", $"An agent takes at most {TicketLimits.Spent} tickets in the time in which one is good. Ask for another one in a while.");
}
