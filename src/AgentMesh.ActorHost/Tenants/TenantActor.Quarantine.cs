using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Quarantine;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Tenants;

namespace AgentMesh.ActorHost.Tenants;

/// <summary>The tenant's damaged agents.</summary>
internal sealed partial class TenantActor : ITenantQuarantine
{
    public async Task<Reply<QuarantineNoted>> NoteQuarantine(NoteQuarantine request, CancellationToken cancellationToken) =>
        ToReply(await ChangeQuarantineAsync(list => list.Note(request.User, request.Reason, time.GetUtcNow()), cancellationToken), request.User);

    public async Task<Reply<QuarantineNoted>> ReleaseQuarantine(ReleaseQuarantine request, CancellationToken cancellationToken) =>
        ToReply(await ReleaseQuarantinesAsync([request.User], cancellationToken), request.User);

    public async Task<Reply<QuarantineList>> ListQuarantined(CancellationToken cancellationToken) => new(
        new QuarantineList([.. (await LoadQuarantinedAsync(cancellationToken)).Agents.Select(agent => new ListedQuarantine(agent.User, agent.Reason, agent.Since))]), null);

    private static Reply<QuarantineNoted> ToReply(QuarantinedAgents list, string user) => new(new QuarantineNoted(list.Has(user)), null);

    private Task<QuarantinedAgents> ReleaseQuarantinesAsync(IReadOnlyList<string> users, CancellationToken cancellationToken) =>
        ChangeQuarantineAsync(list => users.Aggregate(list, (rest, user) => rest.Release(user)), cancellationToken);

    private async Task<QuarantinedAgents> ChangeQuarantineAsync(Func<QuarantinedAgents, QuarantinedAgents> change, CancellationToken cancellationToken)
    {
        var before = await LoadQuarantinedAsync(cancellationToken);
        var after = change(before);
        if (ReferenceEquals(before, after))
            return before;
        await StoreAsync(TenantStateKeys.Quarantined, after.Agents.IsEmpty ? null : after, cancellationToken);
        await StateManager.SaveWholeAsync(cancellationToken);
        return after;
    }

    private async Task<QuarantinedAgents> LoadQuarantinedAsync(CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<QuarantinedAgents>(TenantStateKeys.Quarantined, cancellationToken)).Value ?? QuarantinedAgents.Empty;
    }
}
