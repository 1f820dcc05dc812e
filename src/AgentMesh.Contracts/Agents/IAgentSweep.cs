using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>What the sweep of due work asks of an agent whose reminders may have been lost.</summary>
public interface IAgentSweep : IActor
{
    /// <summary>
    /// Does what is due exactly as a reminder's tick does, and registers the reminders anew. Safe at any time and as often as it comes. Refused with
    /// <c>agent_quarantined</c> or <c>agent_erasing</c> when nothing can be due.
    /// </summary>
    Task<Reply<AgentOutlook>> LookAfter(CancellationToken cancellationToken);
}

/// <summary>What is left to do.</summary>
/// <param name="Next">When to look after the agent again, if nothing else has; null: nothing is left.</param>
public sealed record AgentOutlook(DateTimeOffset? Next);
