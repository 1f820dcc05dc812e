using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Ledger;

/// <summary>
/// Transactions over several records that are all or nothing on every store. The commit is one record: the head takes what a transaction
/// changes, on the version that was read. The next transaction copies that to its own keys and writes the head anew, together.
/// </summary>
/// <remarks>
/// A Dapr transaction with an ETag on each record would do on SQLite. Dapr's Redis component undoes nothing when one ETag is wrong, so
/// that two processes at once would leave half of a transfer. Here all that may be written beside a head that is refused is what an
/// earlier head has committed: the same values, and over nothing newer, because balances have their ETags.
/// </remarks>
internal sealed class Journal(StateStore store)
{
    private static readonly LedgerHead Genesis = new(1, 0, []);

    /// <summary>What is there, as of the last commit.</summary>
    /// <param name="network">Whose head.</param>
    /// <param name="keys">Which records.</param>
    /// <param name="forWriting">Whether <see cref="TryCommitAsync"/> comes next: then what it copies is read too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LedgerView> ReadAsync(EvmNetwork network, IReadOnlyCollection<string> keys, bool forWriting, CancellationToken cancellationToken)
    {
        var headKey = LedgerKeys.Head(network);
        // The head first: what is read after it is at least as new as all that came before it.
        var entry = (await store.ReadAsync([headKey], cancellationToken)).GetValueOrDefault(headKey);
        var head = entry is null ? Genesis : entry.Value.Deserialize(LedgerJson.Default.LedgerHead)!;
        if (head.Version != Genesis.Version)
            throw new LedgerUnavailableException($"The ledger is of version {head.Version}, which is newer than this app.");
        var committed = head.Writes.ToDictionary(write => write.Key, StringComparer.Ordinal);
        var wanted = keys.Where(key => !committed.ContainsKey(key));
        if (forWriting)
            wanted = wanted.Concat(head.Writes.Where(write => !write.IsOnce).Select(write => write.Key));
        return new LedgerView(network, head, entry?.ETag, committed, await store.ReadAsync([.. wanted], cancellationToken));
    }

    /// <summary>Writes a transaction, unless another one was written since the view was read.</summary>
    /// <returns>False: nothing is known to be written; read again.</returns>
    public async Task<bool> TryCommitAsync(LedgerView view, IReadOnlyList<LedgerWrite> writes, CancellationToken cancellationToken)
    {
        var headKey = LedgerKeys.Head(view.Network);
        if (view.HeadETag is null)
        {
            await store.CreateAsync(headKey, JsonSerializer.SerializeToElement(Genesis, LedgerJson.Default.LedgerHead), cancellationToken);
            return false;
        }

        // There before the first transaction that changes them, so that each of their changes has an ETag.
        foreach (var write in writes.Where(write => !write.IsOnce && !view.Has(write.Key)))
            await store.CreateAsync(write.Key, JsonSerializer.SerializeToElement(new BalanceRecord("0", 0), LedgerJson.Default.BalanceRecord), cancellationToken);

        if (CopiesOf(view) is not { } copies)
            return false;
        var head = new LedgerHead(Genesis.Version, view.Head.Block + 1, writes);
        // The head last: a store that stops between two records has then copied, and not committed.
        return await store.TryWriteAsync([.. copies, new StateUpsert(headKey, JsonSerializer.SerializeToElement(head, LedgerJson.Default.LedgerHead), view.HeadETag)], cancellationToken);
    }

    /// <summary>What the last transaction changed and is not at its own keys yet; null when there has been a newer one.</summary>
    private static List<StateUpsert>? CopiesOf(LedgerView view)
    {
        var head = view.Head;
        var copies = new List<StateUpsert>(head.Writes.Count + 1);
        foreach (var write in head.Writes)
        {
            if (write.IsOnce)
            {
                copies.Add(new StateUpsert(write.Key, write.Value, null));
                continue;
            }

            // The ETag has to be that of an older value, or a store that undoes nothing would take this one over a newer one.
            if (!view.Stored.TryGetValue(write.Key, out var entry) || entry.Value.Deserialize(LedgerJson.Default.BalanceRecord) is not { } record)
                throw new LedgerUnavailableException("A balance that a transaction changed is not in the store.");
            if (record.Block > head.Block)
                return null;
            if (record.Block < head.Block)
                copies.Add(new StateUpsert(write.Key, write.Value, entry.ETag));
        }

        return copies;
    }
}

/// <summary>Records as of one commit.</summary>
internal sealed record LedgerView(
    EvmNetwork Network, LedgerHead Head, string? HeadETag, IReadOnlyDictionary<string, LedgerWrite> Committed, IReadOnlyDictionary<string, StateEntry> Stored)
{
    /// <summary>Whether the record is there.</summary>
    public bool Has(string key) => Committed.ContainsKey(key) || Stored.ContainsKey(key);

    /// <summary>The record; null when it is not there. Only of keys that were asked for.</summary>
    public T? Find<T>(string key, JsonTypeInfo<T> type)
        where T : class =>
        Committed.TryGetValue(key, out var write) ? write.Value.Deserialize(type)
        : Stored.TryGetValue(key, out var entry) ? entry.Value.Deserialize(type)
        : null;
}
