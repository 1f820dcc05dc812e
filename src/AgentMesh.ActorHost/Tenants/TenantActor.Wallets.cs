using System.Collections.Immutable;
using AgentMesh.ActorHost.Wallets;
using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Wallets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Tenants;

/// <summary>The tenant's list of wallets whose keys are encrypted here.</summary>
internal sealed partial class TenantActor
{
    private static readonly Refusal InvalidCursor = new(AgentRefusals.InvalidCursor, "The cursor is none that a call before has answered.");

    public async Task<Reply<WalletsNoted>> NoteWallets(NoteWallets request, CancellationToken cancellationToken)
    {
        var noRoom = 0;
        await ChangeWalletsAsync(
            [.. request.Wallets.Select(wallet => wallet.User)],
            table =>
            {
                foreach (var (user, keyId) in request.Wallets)
                {
                    noRoom += keyId is null || table.HasRoomFor(user) ? 0 : 1;
                    table = keyId is null ? table.Forget(user) : table.Note(user, keyId);
                }

                return table;
            },
            cancellationToken);
        return new Reply<WalletsNoted>(new WalletsNoted(noRoom), null);
    }

    public async Task<Reply<WalletsToSeal>> TakeWallets(TakeWallets request, CancellationToken cancellationToken)
    {
        var cursor = ShardCursor.Start;
        if (request.After is { } after && !ShardCursor.TryParse(after, WalletListLimits.Shards, out cursor))
            return new Reply<WalletsToSeal>(null, InvalidCursor);
        string? keyId;
        try
        {
            keyId = await wallets.ReadCurrentKeyIdAsync(cancellationToken);
        }
        catch (WalletKeysException)
        {
            return new Reply<WalletsToSeal>(null, WalletRefusals.WalletUnavailable);
        }

        if (keyId is null)
            return new Reply<WalletsToSeal>(new WalletsToSeal(null, [], null, 0), null);
        var left = (await LoadWalletIndexAsync(cancellationToken)).CountBeside(keyId);
        var (users, next) = left == 0 ? ([], null) : await TakeAsync(cursor, keyId, Math.Min(request.Most, WalletListLimits.TakenAtOnce), cancellationToken);
        return new Reply<WalletsToSeal>(new WalletsToSeal(keyId, users, next?.ToString(), left), null);
    }

    /// <summary>Goes through the list until there are enough of them. At most one read for each shard, each small.</summary>
    private async Task<(List<string> Users, ShardCursor? Next)> TakeAsync(ShardCursor cursor, string keyId, int most, CancellationToken cancellationToken)
    {
        var users = new List<string>();
        while (cursor.Shard < WalletListLimits.Shards)
        {
            var shard = await LoadWalletShardAsync(cursor.Shard, cancellationToken);
            foreach (var entry in cursor.Behind(shard.Entries, entry => entry.User).Where(entry => entry.KeyId != keyId))
            {
                if (users.Count == most)
                    return (users, cursor);
                users.Add(entry.User);
                cursor = cursor with { User = entry.User };
            }

            cursor = new ShardCursor(cursor.Shard + 1, "");
        }

        return (users, null);
    }

    private async Task<int> ForgetWalletsAsync(IReadOnlyList<string> users, CancellationToken cancellationToken)
    {
        var forgotten = 0;
        await ChangeWalletsAsync(
            users,
            table =>
            {
                foreach (var user in users)
                {
                    var rest = table.Forget(user);
                    forgotten += ReferenceEquals(rest, table) ? 0 : 1;
                    table = rest;
                }

                return table;
            },
            cancellationToken);
        return forgotten;
    }

    /// <summary>Loads what the users' entries need, asks, and stores what is different in one transaction.</summary>
    private async Task ChangeWalletsAsync(IReadOnlyList<string> users, Func<WalletTable, WalletTable> change, CancellationToken cancellationToken)
    {
        if (users.Count > WalletListLimits.Batch)
            throw new ArgumentException($"A call has at most {WalletListLimits.Batch} agents.");
        var index = await LoadWalletIndexAsync(cancellationToken);
        var shards = ImmutableDictionary.CreateBuilder<int, WalletShard>();
        foreach (var n in users.Select(WalletTable.ShardOf).Distinct())
            shards.Add(n, await LoadWalletShardAsync(n, cancellationToken));
        var before = new WalletTable(index, shards.ToImmutable());
        var after = change(before);
        if (ReferenceEquals(before, after))
            return;
        foreach (var (n, shard) in after.Shards.Where(shard => !ReferenceEquals(shard.Value, before.Shards[shard.Key])))
            await StoreAsync(TenantStateKeys.WalletShard(n), shard.Entries.IsEmpty ? null : shard, cancellationToken);
        await StoreAsync(TenantStateKeys.Wallets, after.Index.Counts.IsEmpty ? null : after.Index, cancellationToken);
        await StateManager.SaveWholeAsync(cancellationToken);
    }

    private async Task<WalletIndex> LoadWalletIndexAsync(CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<WalletIndex>(TenantStateKeys.Wallets, cancellationToken)).Value ?? WalletIndex.Empty;
    }

    private async Task<WalletShard> LoadWalletShardAsync(int n, CancellationToken cancellationToken) =>
        (await StateManager.TryGetStateAsync<WalletShard>(TenantStateKeys.WalletShard(n), cancellationToken)).Value ?? WalletShard.Empty;
}
