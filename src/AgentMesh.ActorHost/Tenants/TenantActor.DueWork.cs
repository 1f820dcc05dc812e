using System.Collections.Immutable;
using AgentMesh.Agents.DueWork;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Tenants;

namespace AgentMesh.ActorHost.Tenants;

/// <summary>The tenant's index of agents with due work.</summary>
internal sealed partial class TenantActor
{
    private DueLeases _leases = DueLeases.Empty;

    public async Task<Reply<DueOutlook>> NoteDue(NoteDue request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var noRoom = 0;
        var after = await ChangeAsync(
            [.. request.Agents.Select(agent => agent.User)],
            table =>
            {
                foreach (var (user, at) in request.Agents)
                {
                    noRoom += table.HasRoomFor(user) ? 0 : 1;
                    table = table.Note(user, at, now);
                }

                return table;
            },
            cancellationToken);
        return new Reply<DueOutlook>(new DueOutlook(after.Index.First, noRoom), null);
    }

    public async Task<Reply<DueAgents>> TakeDue(TakeDue request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        _leases = _leases.Expire(now);
        var index = await LoadIndexAsync(cancellationToken);
        var most = Math.Min(Math.Min(request.Most, DueLimits.TakenAtOnce), _leases.Room);
        var taken = new List<DueEntry>();
        // Ends at the number of shards; each is read only while there is room for what is in it.
        foreach (var n in most > 0 ? index.Due(request.DueBefore) : [])
        {
            var shard = await LoadShardAsync(n, cancellationToken);
            taken.AddRange(shard.Entries.Where(entry => entry.At <= request.DueBefore && !_leases.IsTaken(entry, now)).OrderBy(entry => entry.At).Take(most - taken.Count));
            if (taken.Count == most)
                break;
        }

        _leases = _leases.Take(taken, now);
        return new Reply<DueAgents>(new DueAgents([.. taken.Select(entry => new DueAgent(entry.User, entry.At))], index.First), null);
    }

    public async Task<Reply<DueOutlook>> SettleDue(SettleDue request, CancellationToken cancellationToken)
    {
        string[] users = [.. request.Agents.Select(agent => agent.User)];
        var after = await ChangeAsync(
            users, table => request.Agents.Aggregate(table, (settled, agent) => settled.Settle(agent.User, agent.At, agent.Next)), cancellationToken);
        _leases = _leases.End(users);
        return new Reply<DueOutlook>(new DueOutlook(after.Index.First), null);
    }

    public async Task<Reply<DueForgotten>> ForgetDue(ForgetDue request, CancellationToken cancellationToken)
    {
        var entries = 0;
        await ChangeAsync(
            request.Users,
            table =>
            {
                foreach (var user in request.Users)
                {
                    var rest = table.Forget(user);
                    entries += ReferenceEquals(rest, table) ? 0 : 1;
                    table = rest;
                }

                return table;
            },
            cancellationToken);
        await ReleaseQuarantinesAsync(request.Users, cancellationToken);
        return new Reply<DueForgotten>(new DueForgotten(
            entries, await ForgetWalletsAsync(request.Users, cancellationToken), await ForgetAgentsAsync(request.Users, cancellationToken)), null);
    }

    /// <summary>Loads what the users' entries need, asks, and stores what is different in one transaction.</summary>
    private async Task<DueTable> ChangeAsync(IReadOnlyList<string> users, Func<DueTable, DueTable> change, CancellationToken cancellationToken)
    {
        if (users.Count > DueLimits.Batch)
            throw new ArgumentException($"A call has at most {DueLimits.Batch} agents.");
        var index = await LoadIndexAsync(cancellationToken);
        var shards = ImmutableDictionary.CreateBuilder<int, DueShard>();
        foreach (var n in users.Select(DueIndex.ShardOf).Distinct())
            shards.Add(n, await LoadShardAsync(n, cancellationToken));
        var before = new DueTable(index, shards.ToImmutable());
        var after = change(before);
        if (ReferenceEquals(before, after))
            return after;
        foreach (var (n, shard) in after.Shards.Where(shard => !ReferenceEquals(shard.Value, before.Shards[shard.Key])))
            await StoreAsync(TenantStateKeys.DueShard(n), shard.Entries.IsEmpty ? null : shard, cancellationToken);
        await StoreAsync(TenantStateKeys.Due, after.Index.First is null ? null : after.Index, cancellationToken);
        await StateManager.SaveWholeAsync(cancellationToken);
        return after;
    }

    private async Task<DueIndex> LoadIndexAsync(CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<DueIndex>(TenantStateKeys.Due, cancellationToken)).Value ?? DueIndex.Empty;
    }

    private async Task<DueShard> LoadShardAsync(int n, CancellationToken cancellationToken) =>
        (await StateManager.TryGetStateAsync<DueShard>(TenantStateKeys.DueShard(n), cancellationToken)).Value ?? DueShard.Empty;

    private async Task StoreAsync<T>(string key, T? record, CancellationToken cancellationToken)
        where T : class
    {
        if (record is null)
            await StateManager.TryRemoveStateAsync(key, cancellationToken);
        else
            await StateManager.SetStateAsync(key, record, cancellationToken);
    }
}
