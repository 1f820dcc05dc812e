using AgentMesh.Agents.Topics;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Topics;
using AgentMesh.Primitives;
using Dapr.Actors.Runtime;
using DaprActorHost = Dapr.Actors.Runtime.ActorHost;

namespace AgentMesh.ActorHost.Topics;

/// <summary>Who has joined a topic: a thin shell over <see cref="TopicMembers"/>. Nothing of its state stays in memory between two calls.</summary>
[Actor(TypeName = TopicActorType.Name)]
internal sealed class TopicActor(DaprActorHost host) : Actor(host), ITopicActor
{
    public Task<Reply<TopicView>> JoinTopic(TopicMember request, CancellationToken cancellationToken) =>
        ChangeAsync(members => members.Join(UserId.Parse(request.User)), cancellationToken);

    public Task<Reply<TopicView>> LeaveTopic(TopicMember request, CancellationToken cancellationToken) =>
        ChangeAsync(members => members.Leave(UserId.Parse(request.User)), cancellationToken);

    public async Task<Reply<TopicView>> GetTopic(CancellationToken cancellationToken) => ToReply(await LoadAsync(cancellationToken));

    private static Reply<TopicView> ToReply(TopicMembers members) => new(new TopicView(members.Users, members.WhyFull), null);

    private async Task<Reply<TopicView>> ChangeAsync(Func<TopicMembers, Result<TopicMembers>> change, CancellationToken cancellationToken)
    {
        var before = await LoadAsync(cancellationToken);
        var after = change(before);
        if (after.IsRefused)
            return new Reply<TopicView>(null, after.Refusal);
        if (ReferenceEquals(before, after.Value))
            return ToReply(before);
        if (after.Value.Users.IsEmpty)
            await StateManager.TryRemoveStateAsync(TopicMembers.StateKey, cancellationToken);
        else
            await StateManager.SetStateAsync(TopicMembers.StateKey, after.Value, cancellationToken);
        await StateManager.SaveStateAsync(cancellationToken);
        return ToReply(after.Value);
    }

    private async Task<TopicMembers> LoadAsync(CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<TopicMembers>(TopicMembers.StateKey, cancellationToken)).Value ?? TopicMembers.Empty;
    }
}
