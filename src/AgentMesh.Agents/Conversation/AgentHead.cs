using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Conversation;

/// <summary>
/// What an agent knows of itself without reading anything else: counters, times, the open page, the last requests. State key
/// <c>head</c>, written by every turn that writes, at most 4.2 KB as JSON whatever the length of the history, and 8 bytes for each message in the window of the rate limit.
/// </summary>
/// <param name="CreatedAt">First write.</param>
/// <param name="LastActive">Last write.</param>
/// <param name="MessageCount">User and assistant messages of all sessions. A JSON integer: below 2^53 in any life of an agent.</param>
/// <param name="LastSeq">The number of the last event; 0 before the first. A JSON integer, below 2^48 (6 bytes in pointers).</param>
/// <param name="Turn">The number of the last turn, which is the seq of its user's message. A JSON integer below 2^48.</param>
/// <param name="Epoch">The activation that wrote this, see <see cref="Conversation.Epoch"/>. Beyond 2^53, so a decimal string.</param>
/// <param name="Page">The open page of the default session.</param>
/// <param name="Recent">The last requests, see <see cref="RecentRequests"/>.</param>
/// <param name="Keys">Counts of idempotency keys, see <see cref="IdempotencyCounts"/>.</param>
/// <param name="EventsFrom">The first seq that can be read from the event log. A JSON integer below 2^48.</param>
/// <param name="OpenTurns">Turns that are not over, see <see cref="Turns.TurnTable"/>.</param>
/// <param name="IsErasing">Everything it has is being removed, see <see cref="Erasing.AgentErasure"/>.</param>
/// <param name="Accepted">When the last messages were accepted, see <see cref="Limits.RateWindow"/>.</param>
/// <param name="NextSchedule">When the next schedule is due, see <see cref="Schedules.ScheduleTable"/>; null: none is.</param>
/// <param name="NextExpiry">When to look at the next session that may expire, see <see cref="Sessions.SessionExpiries"/>; null: none does.</param>
/// <param name="NextHold">When time ends the next hold, see <see cref="Budgets.Ledger"/>; null: it ends none.</param>
/// <param name="Wallet">The address of its <see cref="Wallets.WalletRecord"/>; null: it has none.</param>
/// <param name="NextPurchase">When to look after the next purchase that is not over, see <see cref="Purchases.PurchaseBook"/>; null: none is under way.</param>
public sealed record AgentHead(
    DateTimeOffset CreatedAt,
    DateTimeOffset LastActive,
    long MessageCount,
    long LastSeq,
    long Turn,
    [property: JsonConverter(typeof(DecimalStringConverter))] long Epoch,
    OpenPage Page,
    PackedEntries Recent,
    PackedEntries Keys,
    long EventsFrom,
    int OpenTurns,
    bool IsErasing,
    PackedEntries Accepted,
    DateTimeOffset? NextSchedule,
    DateTimeOffset? NextExpiry,
    DateTimeOffset? NextHold,
    string? Wallet,
    DateTimeOffset? NextPurchase)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.AgentHead;

    /// <summary>Those of its open turns that wait until there is budget, see <see cref="Turns.TurnPause"/>.</summary>
    [JsonRequired]
    public int PausedTurns { get; init; }

    /// <summary>When time may let one of them go on; null: it will not.</summary>
    [JsonRequired]
    public DateTimeOffset? NextResume { get; init; }

    /// <summary>The number of the last message that was sent to another agent; 0 before the first. A JSON integer below 2^48.</summary>
    [JsonRequired]
    public long MailOut { get; init; }

    /// <summary>The number of the last message that came from another agent; 0 before the first. A JSON integer below 2^48.</summary>
    [JsonRequired]
    public long MailIn { get; init; }

    /// <summary>Places of the mailbox that an erasure has emptied, see <see cref="Erasing.AgentErasure"/>; 0 while there is none.</summary>
    [JsonRequired]
    public int ErasedMail { get; init; }

    /// <summary>When to look after the mail, see <see cref="AgentMesh.Agents.Mail.MailBook"/>; null: there is nothing to do.</summary>
    [JsonRequired]
    public DateTimeOffset? NextMail { get; init; }

    /// <summary>What the messages of all sessions take; encoded bytes, of those since version 8. A JSON integer below 2^53.</summary>
    [JsonRequired]
    public long StoredBytes { get; init; }

    /// <summary>What its tenant's list of agents was told of that, see <see cref="Quotas.AgentListing"/>; null: the list may not know of the agent.</summary>
    [JsonRequired]
    public long? ListedBytes { get; init; }

    /// <summary>The id of the restore that has not ended, see <see cref="Restoring.AgentRestore"/>; null: none is under way.</summary>
    [JsonRequired]
    public string? Restoring { get; init; }

    /// <summary>True while a run works on a turn, or is to: somebody has to look whether it lives.</summary>
    [JsonIgnore]
    public bool HasWork => OpenTurns > PausedTurns;

    /// <summary>When the agent has to be awake; null: only when somebody calls it, or while it has work.</summary>
    [JsonIgnore]
    public DateTimeOffset? NextDue => Earlier(NextMail, Earlier(NextPurchase, Earlier(NextResume, Earlier(NextHold, Earlier(NextSchedule, NextExpiry)))));

    /// <summary>The head of an agent never written to. Times are whole milliseconds from the start, as they are stored.</summary>
    public static AgentHead Unborn(DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        return new(now, now, 0, 0, 0, 0, default, PackedEntries.Empty, PackedEntries.Empty, 1, 0, false, PackedEntries.Empty, null, null, null, null, null);
    }

    internal static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}
