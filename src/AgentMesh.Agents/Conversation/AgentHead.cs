using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Conversation;

/// <summary>
/// What an agent knows of itself without reading anything else: counters, times, the open page, the last requests. State key
/// <c>head</c>, written by every turn that writes, at most 3.9 KB as JSON whatever the length of the history.
/// </summary>
/// <param name="CreatedAt">First write.</param>
/// <param name="LastActive">Last write.</param>
/// <param name="MessageCount">User and assistant messages of all sessions. A JSON integer: below 2^53 in any life of an agent.</param>
/// <param name="LastSeq">The number of the last event; 0 before the first. A JSON integer, below 2^48 (6 bytes in pointers).</param>
/// <param name="Turn">The number of the last turn. A JSON integer below 2^53.</param>
/// <param name="Epoch">The activation that wrote this, see <see cref="Conversation.Epoch"/>. Beyond 2^53, so a decimal string.</param>
/// <param name="Page">The open page of the default session.</param>
/// <param name="Recent">The last requests, see <see cref="RecentRequests"/>.</param>
/// <param name="Keys">Counts of idempotency keys, see <see cref="IdempotencyCounts"/>.</param>
public sealed record AgentHead(
    DateTimeOffset CreatedAt,
    DateTimeOffset LastActive,
    long MessageCount,
    long LastSeq,
    long Turn,
    [property: JsonConverter(typeof(DecimalStringConverter))] long Epoch,
    OpenPage Page,
    PackedEntries Recent,
    PackedEntries Keys)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.AgentHead;

    /// <summary>The head of an agent never written to. To the millisecond, as stored: what is shown must not change with a restart.</summary>
    public static AgentHead Unborn(DateTimeOffset now)
    {
        now = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        return new AgentHead(now, now, 0, 0, 0, 0, default, PackedEntries.Empty, PackedEntries.Empty);
    }
}
