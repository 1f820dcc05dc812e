using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>
/// The topics an agent has joined, as it knows them itself. Noted before <see cref="Topics.ITopicActor.JoinTopic"/> and after
/// <see cref="Topics.ITopicActor.LeaveTopic"/>, so that an agent that is erased is found in every topic it may be a member of.
/// </summary>
public interface IAgentTopics : IActor
{
    /// <summary>Notes a topic, or that it is left; a repeat changes nothing. Refused with <see cref="Topics.TopicCodes.TooManyTopics"/>.</summary>
    Task<Reply<TopicList>> NoteTopic(NoteTopic request, CancellationToken cancellationToken);

    /// <summary>Reads them, also of an agent that is being erased.</summary>
    Task<Reply<TopicList>> ListTopics(CancellationToken cancellationToken);
}

/// <summary>Notes a topic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsLeft">It is left.</param>
public sealed record NoteTopic(string Name, bool IsLeft = false);

/// <summary>An agent's topics.</summary>
/// <param name="Topics">In the order they were joined; at most 64.</param>
public sealed record TopicList(IReadOnlyList<AgentTopic> Topics);

/// <summary>A topic that an agent has joined.</summary>
/// <param name="Name">Its name.</param>
/// <param name="JoinedAt">When.</param>
public sealed record AgentTopic(string Name, DateTimeOffset JoinedAt);
