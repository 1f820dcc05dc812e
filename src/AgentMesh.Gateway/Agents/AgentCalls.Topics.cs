using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Topics;
using AgentMesh.Primitives;
using Dapr.Actors;

namespace AgentMesh.Gateway.Agents;

/// <summary>
/// Topics. Who is a member is the topic's, which topics an agent may be a member of is the agent's. An agent that is a member has the topic on its list: it is
/// noted first, and taken off last, and what happens in parallel is looked at once more. Whatever is cut off in between, a repeat mends it.
/// </summary>
internal sealed partial class AgentCalls
{
    /// <summary>Has an agent join a topic.</summary>
    public async Task<Result<TopicView>> JoinTopicAsync(AgentKey agent, TopicName topic, CancellationToken cancellationToken)
    {
        // First: an agent that would begin with this is not to begin for a topic that is full, or becomes full meanwhile.
        var reserved = await ReserveTopicAsync(agent, topic, cancellationToken);
        if (reserved.IsRefused)
            return reserved;
        var noted = await NoteTopicAsync(agent, new NoteTopic(topic.ToString()), cancellationToken);
        if (noted.IsRefused)
            return noted.Refusal;
        var joined = await JoinNotedTopicAsync(agent, topic, cancellationToken);
        // Again, because the agent may have left or been erased since; or it has not joined after all. When this call is lost the list has one topic too many.
        noted = await NoteTopicAsync(agent, new NoteTopic(topic.ToString(), IsLeft: joined is { Refusal.Code: TopicCodes.TopicFull }), cancellationToken);
        return joined.IsRefused || !noted.IsRefused ? joined : noted.Refusal;
    }

    /// <summary>Has an agent leave a topic.</summary>
    public async Task<Result<TopicView>> LeaveTopicAsync(AgentKey agent, TopicName topic, CancellationToken cancellationToken)
    {
        var left = await LeaveAsync(agent, topic, cancellationToken);
        if (left.IsRefused)
            return left;
        var noted = await NoteTopicAsync(agent, new NoteTopic(topic.ToString(), IsLeft: true), cancellationToken);
        if (noted.IsRefused)
            return noted.Refusal;
        // It may have joined again before the topic was taken off its list.
        var now = await GetTopicAsync(new TopicKey(agent.Tenant, topic), cancellationToken);
        if (now.Value?.Members.Contains(agent.User.ToString()) == true)
            await NoteTopicAsync(agent, new NoteTopic(topic.ToString()), cancellationToken);
        return left;
    }

    /// <summary>Has an agent that is to be erased leave all its topics. Its list goes with it.</summary>
    /// <returns>Why not; null: it has left.</returns>
    public async Task<Refusal?> LeaveTopicsAsync(AgentKey agent, CancellationToken cancellationToken)
    {
        var list = await ListTopicsAsync(agent, cancellationToken);
        foreach (var topic in list.Value?.Topics ?? [])
        {
            var left = await LeaveAsync(agent, TopicName.Parse(topic.Name), cancellationToken);
            if (left.IsRefused)
                return left.Refusal;
        }

        return list.Refusal;
    }

    /// <summary>Reads the topics that an agent has joined.</summary>
    public Task<Result<TopicList>> ListTopicsAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<object?, TopicList>(agent, nameof(IAgentTopics.ListTopics), null, cancellationToken);

    /// <summary>Reads who has joined a topic.</summary>
    public Task<Result<TopicView>> GetTopicAsync(TopicKey topic, CancellationToken cancellationToken) => AskAsync(topic, nameof(ITopicActor.GetTopic), null, cancellationToken);

    private Task<Result<TopicView>> LeaveAsync(AgentKey agent, TopicName topic, CancellationToken cancellationToken) =>
        AskAsync(new TopicKey(agent.Tenant, topic), nameof(ITopicActor.LeaveTopic), agent, cancellationToken);

    private Task<Result<TopicList>> NoteTopicAsync(AgentKey agent, NoteTopic note, CancellationToken cancellationToken) =>
        AskAsync<NoteTopic, TopicList>(agent, nameof(IAgentTopics.NoteTopic), note, cancellationToken);

    private async Task<Result<TopicView>> AskAsync(TopicKey topic, string method, AgentKey? member, CancellationToken cancellationToken) =>
        (await CallAsync<TopicMember?, TopicView>(
            new ActorId(topic.ToString()), TopicActorType.Name, method, member is { } one ? new TopicMember(one.User.ToString()) : null, cancellationToken)).ToResult();
}
