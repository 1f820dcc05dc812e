using System.Security.Cryptography;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Profile;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.Turns;
using AgentMesh.Agents.Usage;
using AgentMesh.Agents.Wallets;
using Dapr.Actors.Runtime;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// An agent's records in Dapr actor state. The head and the default session's open page stay in memory while the agent is active;
/// every other record only for the turn that needs it. One per activation; the SDK serializes its turns.
/// </summary>
internal sealed partial class AgentRecords(
    string agentId, IActorStateManager state, TimeProvider time, AgentActorOptions options, ILogger logger)
{
    private static readonly UnloadStateOptions Discard = new() { AllowUnloadingWhenStateModified = true };

    /// <summary>Keys that leave memory with the turn.</summary>
    private readonly List<string> _ofTheTurn = [];

    /// <summary>When the head in memory was last known to be the stored one.</summary>
    private long _headConfirmed;

    private (bool IsLoaded, UsageRecord? Stored) _usage;

    /// <summary>Made in this turn.</summary>
    private WalletRecord? _offered;

    /// <summary>As it is in the store, as far as this turn has seen it.</summary>
    private WalletRecord? _storedWallet;

    /// <summary>The turn works on a head that is nowhere stored yet.</summary>
    private bool _headIsUnborn;

    /// <summary>The epoch of this activation; 0 while no head has been read.</summary>
    public long Epoch { get; private set; }

    /// <summary>The stored head as this activation last read or wrote it; null when it knows of none.</summary>
    public AgentHead? Known { get; private set; }

    /// <summary>The SDK has dropped its cache: what this activation believed is gone with it.</summary>
    public void Distrust()
    {
        (Epoch, _headIsUnborn, Known, _usage, _offered, _storedWallet, _freeze) = (0, false, null, default, null, null, default);
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
        (_offered, _storedWallet) = (null, null);
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

        // GetOrAdd: asks once, and what is added is written with the turn.
        var head = ifMissing is null
            ? (await state.TryGetStateAsync<AgentHead>(StateKeys.Head, cancellationToken)).Value
            : await state.GetOrAddStateAsync(StateKeys.Head, ifMissing, cancellationToken);
        _headConfirmed = time.GetTimestamp();
        Known = head is { Epoch: 0 } ? null : head;
        if (known is not null && IsSame(known, head))
            return head;
        if (known is not null)
        {
            LogForeignActivation(logger, agentId);
            await state.UnloadStateAsync(StateKeys.Page(SessionNames.Default, known.Page.N), null, cancellationToken);
            await state.UnloadStateAsync(StateKeys.Events(EventLogPage.NumberOf(known.LastSeq)), null, cancellationToken);
        }

        if (head is null)
        {
            // That a key is missing is remembered for ever; the next call may follow another activation's write.
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

    /// <summary>The wallet as stored; null when the agent has none. There may be one that the head does not know: half of a transaction.</summary>
    public async ValueTask<WalletRecord?> LoadWalletAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Wallet);
        return _storedWallet = (await state.TryGetStateAsync<WalletRecord>(StateKeys.Wallet, cancellationToken)).Value;
    }

    /// <summary>The wallet is in the store: this turn has read or written it.</summary>
    public bool HasStored(WalletRecord wallet) => ReferenceEquals(_storedWallet, wallet);

    /// <summary>A wallet that is stored with the first head that has its address, in the same transaction.</summary>
    public void Offer(WalletRecord wallet) => _offered = wallet;

    /// <summary>A session's summary as stored; null when it has none.</summary>
    public async ValueTask<SessionSummary?> LoadSummaryAsync(string session, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Summary(session));
        return (await state.TryGetStateAsync<SessionSummary>(StateKeys.Summary(session), cancellationToken)).Value;
    }

    /// <summary>When sessions end; null when none does.</summary>
    public async ValueTask<SessionExpiries?> LoadExpiriesAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Expiries);
        return (await state.TryGetStateAsync<SessionExpiries>(StateKeys.Expiries, cancellationToken)).Value;
    }

    /// <summary>Reads as stored, from memory after the first time; null when there are none.</summary>
    public async ValueTask<UsageRecord?> LoadUsageAsync(CancellationToken cancellationToken)
    {
        if (!_usage.IsLoaded)
        {
            _ofTheTurn.Add(StateKeys.Usage);
            _usage = (true, (await state.TryGetStateAsync<UsageRecord>(StateKeys.Usage, cancellationToken)).Value);
        }

        return _usage.Stored;
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

    /// <summary>The open page of events; null when the next event begins one.</summary>
    public async ValueTask<EventLogPage?> LoadOpenEventsAsync(AgentHead head, CancellationToken cancellationToken) =>
        EventLogPage.OpenNumber(head) is { } n
            ? (await state.TryGetStateAsync<EventLogPage>(StateKeys.Events(n), cancellationToken)).Value
            : null;

    /// <summary>The turns that are not over; null when the head has none.</summary>
    public async ValueTask<TurnTable?> LoadTurnsAsync(AgentHead head, CancellationToken cancellationToken)
    {
        if (head.OpenTurns == 0)
            return null;
        _ofTheTurn.Add(StateKeys.Turns);
        return (await state.TryGetStateAsync<TurnTable>(StateKeys.Turns, cancellationToken)).Value;
    }

    /// <summary>The schedules; null when there are none.</summary>
    public async ValueTask<ScheduleTable?> LoadSchedulesAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Schedules);
        return (await state.TryGetStateAsync<ScheduleTable>(StateKeys.Schedules, cancellationToken)).Value;
    }

    /// <summary>What the agent may spend and has spent.</summary>
    public async ValueTask<Ledger> LoadLedgerAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Ledger);
        return (await state.TryGetStateAsync<Ledger>(StateKeys.Ledger, cancellationToken)).Value ?? Ledger.Empty;
    }

    /// <summary>Reads the event log, and what it points to, of an agent with that head.</summary>
    public EventReader ReadLog(AgentHead head) => new(head, new LogReader(this, head));

    /// <summary>What the owner has set.</summary>
    public async ValueTask<ProfileRecord> LoadProfileAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Profile);
        return (await state.TryGetStateAsync<ProfileRecord>(StateKeys.Profile, cancellationToken)).Value ?? ProfileRecord.Empty;
    }

    /// <summary>Epochs are drawn per activation, and an activation's own writes raise the seq.</summary>
    private static bool IsSame(AgentHead known, AgentHead? stored) =>
        stored is not null && known.Epoch == stored.Epoch && known.LastSeq == stored.LastSeq;

    private async ValueTask<EventLogPage?> LoadEventsAsync(AgentHead head, int n, CancellationToken cancellationToken)
    {
        var page = (await state.TryGetStateAsync<EventLogPage>(StateKeys.Events(n), cancellationToken)).Value;
        if (n != EventLogPage.OpenNumber(head) || page is null)
            _ofTheTurn.Add(StateKeys.Events(n));
        return page;
    }

    [LoggerMessage(3, LogLevel.Warning, "Agent {AgentId} was written by another activation; its state is read again")]
    private static partial void LogForeignActivation(ILogger logger, string agentId);

    private sealed class LogReader(AgentRecords records, AgentHead head) : IAgentReader
    {
        public ValueTask<EventLogPage?> LoadEventsAsync(int n, CancellationToken cancellationToken) =>
            records.LoadEventsAsync(head, n, cancellationToken);

        public ValueTask<MessagePage?> LoadPageAsync(string session, int n, CancellationToken cancellationToken) =>
            records.LoadPageAsync(head, session, n, cancellationToken);

        public ValueTask<SessionRecord?> LoadSessionAsync(string id, CancellationToken cancellationToken) =>
            records.LoadSessionAsync(id, cancellationToken);
    }
}
