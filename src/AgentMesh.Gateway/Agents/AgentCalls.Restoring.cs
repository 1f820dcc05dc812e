using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Topics;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>Making agents from exports.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>Has an agent take a part of an export; a repeat changes nothing.</summary>
    public Task<Result<RestoreProgress>> RestoreAsync(AgentKey agent, RestorePart part, CancellationToken cancellationToken) =>
        AskAsync<RestorePart, RestoreProgress>(agent, nameof(IAgentRestoring.Restore), part, cancellationToken);

    /// <summary>Keeps a place in a topic for an agent that is about to join.</summary>
    public Task<Result<TopicView>> ReserveTopicAsync(AgentKey agent, TopicName topic, CancellationToken cancellationToken) =>
        AskAsync(new TopicKey(agent.Tenant, topic), nameof(ITopicActor.ReserveTopic), agent, cancellationToken);

    /// <summary>Makes an agent that has the topic on its list a member.</summary>
    public Task<Result<TopicView>> JoinNotedTopicAsync(AgentKey agent, TopicName topic, CancellationToken cancellationToken) =>
        AskAsync(new TopicKey(agent.Tenant, topic), nameof(ITopicActor.JoinTopic), agent, cancellationToken);
}
