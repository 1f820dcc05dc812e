using System.Security.Cryptography;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
using Dapr.Actors.Runtime;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// An agent's records in Dapr actor state. The head and the default session's open page stay in memory while the agent is active;
/// every other record only for the turn that needs it. One per activation; the SDK serializes its turns.
/// </summary>
internal sealed partial class AgentRecords(string agentId, IActorStateManager state, TimeProvider time, AgentActorOptions options, ILogger logger)
{
    private static readonly UnloadStateOptions Discard = new() { AllowUnloadingWhenStateModified = true };

    /// <summary>Keys that leave memory with the turn.</summary>
    private readonly List<string> _ofTheTurn = [];

    /// <summary>When the head in memory was last known to be the stored one.</summary>
    private long _headConfirmed;

    /// <summary>The turn works on a head that is nowhere stored yet.</summary>
    private bool _headIsUnborn;

    /// <summary>The epoch of this activation; 0 while no head has been read.</summary>
    public long Epoch { get; private set; }

    /// <summary>The SDK has dropped its cache: what this activation believed is gone with it.</summary>
    public void Distrust()
    {
        (Epoch, _headIsUnborn) = (0, false);
        _ofTheTurn.Clear();
    }

    /// <summary>Forgets everything, what was changed and not saved included.</summary>
    public async Task AbandonAsync()
    {
        await state.ClearCacheAsync();
        Distrust();
    }

    /// <summary>Lets go of what only this turn needed, unsaved changes to it included.</summary>
    public async ValueTask EndTurnAsync()
    {
        // The next turn must not take it for a stored one.
        if (_headIsUnborn)
            await AbandonAsync();
        foreach (var key in _ofTheTurn)
            await state.UnloadStateAsync(key, Discard, CancellationToken.None);
        _ofTheTurn.Clear();
    }

    /// <summary>The head, from memory while that can be trusted. With <paramref name="ifMissing"/> for a turn that is about to write it.</summary>
    public async Task<AgentHead?> LoadHeadAsync(AgentHead? ifMissing, CancellationToken cancellationToken)
    {
        AgentHead? known = null;
        if (Epoch != 0)
        {
            known = (await state.TryGetStateAsync<AgentHead>(StateKeys.Head, cancellationToken)).Value;
            if (time.GetElapsedTime(_headConfirmed).TotalSeconds < options.HeadTrustSeconds)
                return known;
            await state.UnloadStateAsync(StateKeys.Head, null, cancellationToken);
        }

        // GetOrAdd, because Set would ask the store once more whether a key it does not know is there.
        var head = ifMissing is null
            ? (await state.TryGetStateAsync<AgentHead>(StateKeys.Head, cancellationToken)).Value
            : await state.GetOrAddStateAsync(StateKeys.Head, ifMissing, cancellationToken);
        _headConfirmed = time.GetTimestamp();
        if (known is not null && IsSame(known, head))
            return head;
        if (known is not null)
        {
            LogForeignActivation(logger, agentId);
            await state.UnloadStateAsync(StateKeys.Page(SessionNames.Default, known.Page.N), null, cancellationToken);
        }

        if (head is null)
        {
            // The SDK remembers that a key is missing, for ever; the next call may follow another activation's write.
            await state.UnloadStateAsync(StateKeys.Head, null, cancellationToken);
            Epoch = 0;
            return null;
        }

        _headIsUnborn = head.Epoch == 0;
        Epoch = AgentMesh.Agents.Conversation.Epoch.Next(head.Epoch, (uint)RandomNumberGenerator.GetInt32(int.MaxValue));
        return head;
    }

    /// <summary>A page of a session; only the open one of the default session stays in memory.</summary>
    public async ValueTask<MessagePage?> LoadPageAsync(AgentHead head, string session, int n, CancellationToken cancellationToken)
    {
        var page = (await state.TryGetStateAsync<MessagePage>(StateKeys.Page(session, n), cancellationToken)).Value;
        if (session != SessionNames.Default || n != head.Page.N || page is null)
            _ofTheTurn.Add(StateKeys.Page(session, n));
        return page;
    }

    /// <summary>The record of a session beside the default one; null when there is none.</summary>
    public async ValueTask<SessionRecord?> LoadSessionAsync(string id, CancellationToken cancellationToken)
    {
        if (!SessionId.IsWellFormed(id))
            return null;
        _ofTheTurn.Add(StateKeys.Session(id));
        return (await state.TryGetStateAsync<SessionRecord>(StateKeys.Session(id), cancellationToken)).Value;
    }

    /// <summary>The agent's sessions beside the default one.</summary>
    public async ValueTask<SessionIndex> LoadIndexAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Sessions);
        return (await state.TryGetStateAsync<SessionIndex>(StateKeys.Sessions, cancellationToken)).Value ?? SessionIndex.Empty;
    }

    /// <summary>The idempotency buckets a message needs; null without a key.</summary>
    public async ValueTask<KeyBuckets?> LoadKeysAsync(AgentHead head, PostRequest post, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (post.Bucket is not { } own)
            return null;
        var spare = IdempotencyCounts.BucketToPrune(head.Keys, own, now);
        return new KeyBuckets(own, await LoadAsync(own), spare, spare is { } n ? await LoadAsync(n) : null);

        Task<IdempotencyBucket> LoadAsync(int n)
        {
            _ofTheTurn.Add(StateKeys.Bucket(n));
            return state.GetOrAddStateAsync(StateKeys.Bucket(n), IdempotencyBucket.Empty, cancellationToken);
        }
    }

    /// <summary>Commits a message, in one transaction, before anything is answered.</summary>
    public async Task StoreAsync(AgentHead before, string session, OpenPage openBefore, StoredPost stored, CancellationToken cancellationToken)
    {
        foreach (var (n, bucket) in stored.Buckets)
            await state.SetStateAsync(StateKeys.Bucket(n), bucket, cancellationToken);
        foreach (var (n, page) in stored.Pages)
        {
            var key = StateKeys.Page(session, n);
            if (n != openBefore.N && !ReferenceEquals(page, await state.GetOrAddStateAsync(key, page, cancellationToken)))
                await CheckHeadIsOursAsync(before, cancellationToken);
            await state.SetStateAsync(key, page, cancellationToken);
            if (session != SessionNames.Default)
                _ofTheTurn.Add(key);
        }

        if (stored.Session is { } record)
            await state.SetStateAsync(StateKeys.Session(session), record, cancellationToken);
        await state.SetStateAsync(StateKeys.Head, stored.Head, cancellationToken);
        await SaveAsync(cancellationToken);
        for (var n = before.Page.N; n < stored.Head.Page.N; n++)
            _ofTheTurn.Add(StateKeys.Page(SessionNames.Default, n));
    }

    /// <summary>Commits a change of a session, in one transaction.</summary>
    public async Task StoreAsync(SessionChange change, CancellationToken cancellationToken)
    {
        for (var n = change.RemovedPages.First; n <= change.RemovedPages.Last; n++)
            await state.TryRemoveStateAsync(StateKeys.Page(change.Id, n), cancellationToken);
        if (change.Session is { } session)
            await state.SetStateAsync(StateKeys.Session(change.Id), session, cancellationToken);
        else
            await state.TryRemoveStateAsync(StateKeys.Session(change.Id), cancellationToken);
        if (change.Index is { } index)
            await state.SetStateAsync(StateKeys.Sessions, index, cancellationToken);
        if (change.Head is { } head)
            await state.SetStateAsync(StateKeys.Head, head, cancellationToken);
        await SaveAsync(cancellationToken);
    }

    // Saved in the turn and not after the method by the SDK, which would keep all of it in memory afterwards.
    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        await state.SaveStateAsync(cancellationToken);
        _headIsUnborn = false;
        _headConfirmed = time.GetTimestamp();
    }

    /// <summary>
    /// A page this agent has not opened yet is there already. Either half of a transaction was left behind, which is
    /// overwritten, or another activation is ahead of this one.
    /// </summary>
    private async Task CheckHeadIsOursAsync(AgentHead known, CancellationToken cancellationToken)
    {
        await state.UnloadStateAsync(StateKeys.Head, Discard, cancellationToken);
        var head = await state.GetOrAddStateAsync(StateKeys.Head, known, cancellationToken);
        if (!IsSame(known, head))
            throw new ForeignActivationException();
    }

    /// <summary>Epochs are drawn per activation, and an activation's own writes raise the seq.</summary>
    private static bool IsSame(AgentHead known, AgentHead? stored) =>
        stored is not null && known.Epoch == stored.Epoch && known.LastSeq == stored.LastSeq;

    [LoggerMessage(3, LogLevel.Warning, "Agent {AgentId} was written by another activation; its state is read again")]
    private static partial void LogForeignActivation(ILogger logger, string agentId);
}
