namespace AgentMesh.Agents.Tickets;

/// <summary>Limits of tickets, see <c>docs/limits.md</c>.</summary>
public static class TicketLimits
{
    /// <summary>Used tickets of an agent that have not expired yet: about 60 KiB, which each further use reads and writes.</summary>
    public const int Spent = 512;
}
