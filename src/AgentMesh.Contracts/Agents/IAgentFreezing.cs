using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>An operator stops an agent's spending at once, and lets it go on. The agent answers reads and messages that cost nothing all the while.</summary>
public interface IAgentFreezing : IActor
{
    /// <summary>Stops it. A repeat changes nothing.</summary>
    Task<Reply<AgentFreeze>> FreezeAgent(FreezeAgent request, CancellationToken cancellationToken);

    /// <summary>Lets it go on. A repeat changes nothing.</summary>
    Task<Reply<AgentFreeze>> UnfreezeAgent(CancellationToken cancellationToken);

    /// <summary>Says whether it is stopped.</summary>
    Task<Reply<AgentFreeze>> GetFreeze(CancellationToken cancellationToken);
}

/// <summary>Freezes.</summary>
/// <param name="Reason">Why, for people; 1-200 characters.</param>
public sealed record FreezeAgent(string Reason);

/// <summary>What stands.</summary>
/// <param name="IsFrozen">The agent spends nothing.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">Since when.</param>
public sealed record AgentFreeze(bool IsFrozen, string? Reason = null, DateTimeOffset? At = null);
