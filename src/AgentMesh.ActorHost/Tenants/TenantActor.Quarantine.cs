using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Quarantine;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Tenants;

namespace AgentMesh.ActorHost.Tenants;

/// <summary>The tenant's damaged agents.</summary>
internal sealed partial class TenantActor : ITenantQuarantine
{
    public Task<Reply<QuarantineNoted>> NoteQuarantine(NoteQuarantine request, CancellationToken cancellationToken) =>
        ChangeQuarantineAsync(request.User, list => list.Note(request.User, request.Reason, time.GetUtcNow()), cancellationToken);

    public Task<Reply<QuarantineNoted>> ReleaseQuarantine(ReleaseQuarantine request, CancellationToken cancellationToken) =>
        ChangeQuarantineAsync(request.User, list => list.Release(request.User), cancellationToken);

    public async Task<Reply<QuarantineList>> ListQuarantined(CancellationToken cancellationToken) => new(
        new QuarantineList([.. (await LoadQuarantinedAsync(cancellationToken)).Agents.Select(agent => new ListedQuarantine(agent.User, agent.Reason, agent.Since))]), null);

    private async Task<Reply<QuarantineNoted>> ChangeQuarantineAsync(
        string user, Func<QuarantinedAgents, QuarantinedAgents> change, CancellationToken cancellationToken)
    {
        var before = await LoadQuarantinedAsync(cancellationToken);
        var after = change(before);
        if (!ReferenceEquals(before, after))
        {
            await StoreAsync(TenantStateKeys.Quarantined, after.Agents.IsEmpty ? null : after, cancellationToken);
            await StateManager.SaveStateAsync(cancellationToken);
        }

        return new Reply<QuarantineNoted>(new QuarantineNoted(after.Agents.Length, after.Agents.Any(agent => agent.User == user)), null);
    }

    private async Task<QuarantinedAgents> LoadQuarantinedAsync(CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<QuarantinedAgents>(TenantStateKeys.Quarantined, cancellationToken)).Value ?? QuarantinedAgents.Empty;
    }
}
