using AgentMesh.Contracts.Agents;
using Dapr.Actors;

namespace AgentMesh.Contracts.Topics;

/// <summary>
/// Who has joined a topic. Actor type <see cref="TopicActorType.Name"/>, actor id = <c>TopicKey</c>. Called weakly typed, as <see cref="IAgentActor"/> is; by
/// the gateway, never by an actor. Agents are named by their users: a topic is of one tenant.
/// </summary>
public interface ITopicActor : IActor
{
    /// <summary>Keeps a place for an agent that is about to join, some seconds long. Refused with <see cref="TopicCodes.TopicFull"/>; a member is not refused.</summary>
    Task<Reply<TopicView>> ReserveTopic(TopicMember request, CancellationToken cancellationToken);

    /// <summary>An agent joins; a repeat changes nothing. Refused with <see cref="TopicCodes.TopicFull"/>.</summary>
    Task<Reply<TopicView>> JoinTopic(TopicMember request, CancellationToken cancellationToken);

    /// <summary>An agent leaves; a repeat changes nothing.</summary>
    Task<Reply<TopicView>> LeaveTopic(TopicMember request, CancellationToken cancellationToken);

    /// <summary>Reads who has joined.</summary>
    Task<Reply<TopicView>> GetTopic(CancellationToken cancellationToken);
}

/// <summary>The name under which <see cref="ITopicActor"/> is hosted.</summary>
public static class TopicActorType
{
    /// <summary>The Dapr actor type.</summary>
    public const string Name = "TopicActor";
}

/// <summary>An agent that joins or leaves.</summary>
/// <param name="User">Its user.</param>
public sealed record TopicMember(string User);

/// <summary>A topic.</summary>
/// <param name="Members">The users whose agents have joined, by ordinal order; at most 200.</param>
public sealed record TopicView(IReadOnlyList<string> Members);
