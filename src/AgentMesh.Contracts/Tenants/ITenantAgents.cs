using Dapr.Actors;

namespace AgentMesh.Contracts.Tenants;

/// <summary>The tenant's list of agents: what its quotas are measured by, and what operators read.</summary>
public interface ITenantAgents : IActor
{
    /// <summary>Agents are there, with messages of some size. Without agents it only asks what there is.</summary>
    Task<Reply<AgentsNoted>> NoteAgents(NoteAgents request, CancellationToken cancellationToken);

    /// <summary>A part of the list. Refused with <c>invalid_cursor</c>.</summary>
    Task<Reply<AgentList>> ListAgents(ListAgents request, CancellationToken cancellationToken);
}

/// <summary>Notes agents.</summary>
/// <param name="Agents">At most 32.</param>
public sealed record NoteAgents(IReadOnlyList<ListedAgent> Agents);

/// <summary>An agent.</summary>
/// <param name="User">Whose.</param>
/// <param name="Bytes">What its messages take; encoded bytes, exact to 64 KiB.</param>
public sealed record ListedAgent(string User, long Bytes);

/// <summary>What the tenant has.</summary>
/// <param name="Agents">Agents.</param>
/// <param name="Bytes">What the messages of all take; encoded bytes.</param>
/// <param name="NoRoom">Agents of the request that are not in the list, because it is full.</param>
public sealed record AgentsNoted(int Agents, long Bytes, int NoRoom);

/// <summary>Asks for agents.</summary>
/// <param name="After">Where to go on, from the answer before; null: from the beginning.</param>
/// <param name="Most">How many; the answer may have fewer before the list is over.</param>
public sealed record ListAgents(string? After, int Most);

/// <summary>A part of the list.</summary>
/// <param name="Agents">Those of this part, in no order that means something.</param>
/// <param name="Next">Where to go on; null: the list is over.</param>
/// <param name="Total">Agents of the tenant.</param>
/// <param name="Bytes">What the messages of all take; encoded bytes.</param>
public sealed record AgentList(IReadOnlyList<ListedAgent> Agents, string? Next, int Total, long Bytes);
