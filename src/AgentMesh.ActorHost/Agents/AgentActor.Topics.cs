using AgentMesh.Agents.Topics;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The topics the agent has joined. Who is a member of a topic is that topic's own.</summary>
internal sealed partial class AgentActor : IAgentTopics
{
    public Task<Reply<TopicList>> NoteTopic(NoteTopic request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var now = _time.GetUtcNow();
        // An agent never used has no topics to leave, and is not made for it.
        var head = request.IsLeft ? await _records.LoadHeadAsync(null, cancellationToken) : await LoadHeadToWriteAsync(now, cancellationToken);
        if (head is null)
            return ToReply(AgentTopics.Empty);
        var change = (await _records.LoadTopicsAsync(cancellationToken)).Note(head, TopicName.Parse(request.Name), request.IsLeft, _records.Epoch, now);
        if (change.IsRefused)
            return Refused<TopicList>(change.Refusal);
        await _records.StoreAsync(head, change.Value, cancellationToken);
        return ToReply(change.Value.Topics);
    });

    // Not only of an agent that answers: an erasure that was cut off goes on with leaving them.
    public Task<Reply<TopicList>> ListTopics(CancellationToken cancellationToken) =>
        TurnAsync(async () => ToReply(await _records.LoadTopicsAsync(cancellationToken)));

    private static Reply<TopicList> ToReply(AgentTopics topics) =>
        new(new TopicList([.. topics.All.Select(topic => new AgentTopic(topic.Name, topic.At))]), null);
}
