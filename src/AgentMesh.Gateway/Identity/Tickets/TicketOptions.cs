using System.ComponentModel.DataAnnotations;

namespace AgentMesh.Gateway.Identity.Tickets;

/// <summary>Section <c>AgentMesh:Tickets</c>.</summary>
internal sealed class TicketOptions
{
    public const string Section = "AgentMesh:Tickets";

    /// <summary>How long a ticket may wait to be used, seconds, 5-300. Default 60.</summary>
    [Range(5, 300)]
    public int LifetimeSeconds { get; set; } = 60;
}
