using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>What the publisher of domain events asks of an agent whose events it does not have.</summary>
public interface IAgentPublishing : IActor
{
    /// <summary>
    /// Hands the next events of the log to the publisher of the process that the agent is active in, which need not be the one that asks. Safe at any time
    /// and as often as it comes. Refused with <c>agent_quarantined</c> or <c>agent_erasing</c>.
    /// </summary>
    Task<Reply<EventsHanded>> HandEvents(CancellationToken cancellationToken);
}

/// <summary>How far the publisher has the agent's events.</summary>
/// <param name="Through">The seq of the last one it was handed.</param>
/// <param name="Last">The seq of the last one there is.</param>
public sealed record EventsHanded(long Through, long Last);
