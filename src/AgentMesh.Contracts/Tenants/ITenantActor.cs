using AgentMesh.Contracts.Agents;
using Dapr.Actors;

namespace AgentMesh.Contracts.Tenants;

/// <summary>
/// What the agents of one tenant share. Actor type <see cref="TenantActorType.Name"/>, actor id = <c>TenantId</c>. Called weakly typed, as
/// <see cref="IAgentActor"/> is; called by background services and the gateway, never by an actor.
/// </summary>
public interface ITenantActor : IActor
{
    /// <summary>Agents have something to do at a time.</summary>
    Task<Reply<DueOutlook>> NoteDue(NoteDue request, CancellationToken cancellationToken);

    /// <summary>Hands out agents that have had something to do for long, to one caller at a time: what is not settled within a minute is handed out again.</summary>
    Task<Reply<DueAgents>> TakeDue(TakeDue request, CancellationToken cancellationToken);

    /// <summary>Agents that were handed out were looked after.</summary>
    Task<Reply<DueOutlook>> SettleDue(SettleDue request, CancellationToken cancellationToken);

    /// <summary>Agents are erased.</summary>
    Task<Reply<DueForgotten>> ForgetDue(ForgetDue request, CancellationToken cancellationToken);
}

/// <summary>The name under which <see cref="ITenantActor"/> is hosted.</summary>
public static class TenantActorType
{
    /// <summary>The Dapr actor type.</summary>
    public const string Name = "TenantActor";
}

/// <summary>An agent with something to do.</summary>
/// <param name="User">Whose.</param>
/// <param name="At">When to look after it, if nothing else has.</param>
public sealed record DueAgent(string User, DateTimeOffset At);

/// <summary>Notes agents.</summary>
/// <param name="Agents">At most 32.</param>
public sealed record NoteDue(IReadOnlyList<DueAgent> Agents);

/// <summary>Asks for agents.</summary>
/// <param name="DueBefore">Only those that are due at that time or before.</param>
/// <param name="Most">How many; 0 only asks what comes next.</param>
public sealed record TakeDue(DateTimeOffset DueBefore, int Most);

/// <summary>Agents to look after.</summary>
/// <param name="Agents">The earliest first.</param>
/// <param name="First">The earliest time of the tenant, of what is handed out too; null: nothing is due.</param>
public sealed record DueAgents(IReadOnlyList<DueAgent> Agents, DateTimeOffset? First);

/// <summary>Settles agents that were handed out.</summary>
/// <param name="Agents">At most 32.</param>
public sealed record SettleDue(IReadOnlyList<SettledAgent> Agents);

/// <summary>An agent that was looked after.</summary>
/// <param name="User">Whose.</param>
/// <param name="At">As it was handed out.</param>
/// <param name="Next">When to look after it again; null: nothing is left to do.</param>
public sealed record SettledAgent(string User, DateTimeOffset At, DateTimeOffset? Next);

/// <summary>Removes agents.</summary>
/// <param name="Users">At most 32.</param>
public sealed record ForgetDue(IReadOnlyList<string> Users);

/// <summary>What a tenant has to do.</summary>
/// <param name="First">The earliest time; null: nothing.</param>
/// <param name="NoRoom">Agents that are not in the index, because it is full.</param>
public sealed record DueOutlook(DateTimeOffset? First, int NoRoom = 0);

/// <summary>What was removed.</summary>
/// <param name="Entries">How many agents were in the index and are not any more.</param>
/// <param name="Wallets">How many agents were in the list of wallets and are not any more.</param>
/// <param name="Agents">How many agents were in the list of agents and are not any more.</param>
public sealed record DueForgotten(int Entries, int Wallets = 0, int Agents = 0);
