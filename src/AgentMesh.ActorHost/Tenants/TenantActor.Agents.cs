using System.Collections.Immutable;
using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Quotas;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Tenants;

namespace AgentMesh.ActorHost.Tenants;

/// <summary>The tenant's list of agents.</summary>
internal sealed partial class TenantActor
{
    public async Task<Reply<AgentsNoted>> NoteAgents(NoteAgents request, CancellationToken cancellationToken)
    {
        var noRoom = 0;
        var (index, _) = await ChangeAgentsAsync(
            [.. request.Agents.Select(agent => agent.User)],
            table =>
            {
                foreach (var (user, bytes) in request.Agents)
                {
                    noRoom += table.HasRoomFor(user) ? 0 : 1;
                    table = table.Note(user, bytes);
                }

                return table;
            },
            cancellationToken);
        return new Reply<AgentsNoted>(new AgentsNoted(index.Agents, index.Bytes, noRoom), null);
    }

    public async Task<Reply<AgentList>> ListAgents(ListAgents request, CancellationToken cancellationToken)
    {
        var cursor = ShardCursor.Start;
        if (request.After is { } after && !ShardCursor.TryParse(after, AgentListLimits.Shards, out cursor))
            return new Reply<AgentList>(null, InvalidCursor);
        var most = Math.Clamp(request.Most, 1, AgentListLimits.ListedAtOnce);
        var index = await LoadAgentIndexAsync(cancellationToken);
        var agents = new List<ListedAgent>();
        for (var n = index.NextShard(cursor.Shard); n is { } shard; n = index.NextShard(shard + 1))
        {
            if (cursor.Shard != shard)
                cursor = new ShardCursor(shard, "");
            foreach (var entry in cursor.Behind((await LoadAgentShardAsync(shard, cancellationToken)).Entries, entry => entry.User))
            {
                if (agents.Count == most)
                    return new Reply<AgentList>(new AgentList(agents, cursor.ToString(), index.Agents, index.Bytes), null);
                agents.Add(new ListedAgent(entry.User, entry.Bytes));
                cursor = cursor with { User = entry.User };
            }
        }

        return new Reply<AgentList>(new AgentList(agents, null, index.Agents, index.Bytes), null);
    }

    private async Task<int> ForgetAgentsAsync(IReadOnlyList<string> users, CancellationToken cancellationToken)
    {
        var (after, before) = await ChangeAgentsAsync(users, table => users.Aggregate(table, (rest, user) => rest.Forget(user)), cancellationToken);
        return before.Agents - after.Agents;
    }

    /// <summary>Loads what the users' entries need, asks, and stores what is different in one transaction.</summary>
    private async Task<(AgentIndex After, AgentIndex Before)> ChangeAgentsAsync(
        IReadOnlyList<string> users, Func<AgentTable, AgentTable> change, CancellationToken cancellationToken)
    {
        if (users.Count > AgentListLimits.Batch)
            throw new ArgumentException($"A call has at most {AgentListLimits.Batch} agents.");
        var index = await LoadAgentIndexAsync(cancellationToken);
        var shards = ImmutableDictionary.CreateBuilder<int, AgentShard>();
        foreach (var n in users.Select(AgentTable.ShardOf).Distinct())
            shards.Add(n, await LoadAgentShardAsync(n, cancellationToken));
        var before = new AgentTable(index, shards.ToImmutable());
        var after = change(before);
        if (ReferenceEquals(before, after))
            return (index, index);
        foreach (var (n, shard) in after.Shards.Where(shard => !ReferenceEquals(shard.Value, before.Shards[shard.Key])))
            await StoreAsync(TenantStateKeys.AgentShard(n), shard.Entries.IsEmpty ? null : shard, cancellationToken);
        await StoreAsync(TenantStateKeys.Agents, after.Index.Agents == 0 ? null : after.Index, cancellationToken);
        await StateManager.SaveWholeAsync(cancellationToken);
        return (after.Index, index);
    }

    private async Task<AgentIndex> LoadAgentIndexAsync(CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<AgentIndex>(TenantStateKeys.Agents, cancellationToken)).Value ?? AgentIndex.Empty;
    }

    private async Task<AgentShard> LoadAgentShardAsync(int n, CancellationToken cancellationToken) =>
        (await StateManager.TryGetStateAsync<AgentShard>(TenantStateKeys.AgentShard(n), cancellationToken)).Value ?? AgentShard.Empty;
}
