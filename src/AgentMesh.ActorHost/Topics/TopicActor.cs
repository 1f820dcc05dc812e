using AgentMesh.Agents.Topics;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Topics;
using AgentMesh.Primitives;
using Dapr.Actors.Runtime;
using DaprActorHost = Dapr.Actors.Runtime.ActorHost;

namespace AgentMesh.ActorHost.Topics;

/// <summary>Who has joined a topic: a thin shell over <see cref="TopicMembers"/>. Nothing of its state stays in memory between two calls, but whose place is kept.</summary>
[Actor(TypeName = TopicActorType.Name)]
internal sealed class TopicActor(DaprActorHost host, TimeProvider time) : Actor(host), ITopicActor
{
    private readonly TopicReservations _reservations = new();

    public async Task<Reply<TopicView>> ReserveTopic(TopicMember request, CancellationToken cancellationToken)
    {
        var members = await LoadAsync(cancellationToken);
        return _reservations.Reserve(members, UserId.Parse(request.User), time.GetUtcNow()) is { } refusal ? new Reply<TopicView>(null, refusal) : ToReply(members);
    }

    public async Task<Reply<TopicView>> JoinTopic(TopicMember request, CancellationToken cancellationToken)
    {
        var user = UserId.Parse(request.User);
        var joined = await ChangeAsync(
            members => _reservations.WhyNotJoin(members, user, time.GetUtcNow()) is { } refusal ? refusal : members.Join(user), cancellationToken);
        // After it is stored: a join that fails keeps its place for the next try.
        _reservations.End(user);
        return joined;
    }

    public Task<Reply<TopicView>> LeaveTopic(TopicMember request, CancellationToken cancellationToken)
    {
        var user = UserId.Parse(request.User);
        _reservations.End(user);
        return ChangeAsync(members => members.Leave(user), cancellationToken);
    }

    public async Task<Reply<TopicView>> GetTopic(CancellationToken cancellationToken) => ToReply(await LoadAsync(cancellationToken));

    private static Reply<TopicView> ToReply(TopicMembers members) => new(new TopicView(members.Users), null);

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
        await StateManager.SaveWholeAsync(cancellationToken);
        return ToReply(after.Value);
    }

    private async Task<TopicMembers> LoadAsync(CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<TopicMembers>(TopicMembers.StateKey, cancellationToken)).Value ?? TopicMembers.Empty;
    }
}
