using System.Text.Json.Serialization;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Sessions;

/// <summary>
/// When to look at the sessions that expire: at that time or later, because a message moves a session's end and leaves this record alone. State
/// key <c>expiries</c>; not there while no session expires. Written when such a session is made or removed, and when one is looked at, which is
/// at most once in its time to live.
/// </summary>
/// <param name="Entries">22 bytes each: the session's id (16), Unix milliseconds (6).</param>
public sealed record SessionExpiries(PackedEntries Entries)
{
    private const int TimeBytes = 6;
    private const int EntryBytes = SessionId.Bytes + TimeBytes;

    /// <summary>No session expires.</summary>
    public static SessionExpiries Empty { get; } = new(PackedEntries.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.SessionExpiries;

    /// <summary>The time to look next; null when no session expires.</summary>
    [JsonIgnore]
    public DateTimeOffset? Next => First?.At;

    /// <summary>The session to look at first; null when no session expires.</summary>
    [JsonIgnore]
    public (string Id, DateTimeOffset At)? First
    {
        get
        {
            (int Place, long At)? first = null;
            for (var place = 0; place + EntryBytes <= Entries.Bytes.Length; place += EntryBytes)
            {
                var at = PackedPointer.ReadNumber(Entries.Bytes.Slice(place + SessionId.Bytes, TimeBytes));
                if (first is null || at < first.Value.At)
                    first = (place, at);
            }

            return first is { } found
                ? (SessionId.Encode(Entries.Bytes.Slice(found.Place, SessionId.Bytes)), DateTimeOffset.FromUnixTimeMilliseconds(found.At))
                : null;
        }
    }

    /// <summary>The record as the head knows it, or the reason to quarantine the agent.</summary>
    /// <param name="head">The head.</param>
    /// <param name="stored">What is stored; null when nothing is.</param>
    public static Result<SessionExpiries> Open(AgentHead head, SessionExpiries? stored)
    {
        if (StoredConversation.CheckHead(head) is { } damaged)
            return damaged;
        return stored is null ? head.NextExpiry is null ? Empty : Damaged : stored.Entries.Bytes.Length % EntryBytes == 0 ? stored : Damaged;
    }

    private static Refusal Damaged { get; } = ConversationRefusals.AgentQuarantined("the times at which sessions expire are missing");

    /// <summary>With a session to look at, at that time.</summary>
    internal SessionExpiries With(string id, DateTimeOffset at)
    {
        Span<byte> time = stackalloc byte[TimeBytes];
        PackedPointer.WriteNumber(time, at.ToUnixTimeMilliseconds());
        return this with { Entries = new PackedEntries([.. Without(id).Entries.Bytes, .. SessionId.Decode(id), .. time]) };
    }

    internal SessionExpiries Without(string id)
    {
        ReadOnlySpan<byte> wanted = SessionId.Decode(id);
        for (var at = 0; at < Entries.Bytes.Length; at += EntryBytes)
        {
            if (Entries.Bytes.Slice(at, SessionId.Bytes).SequenceEqual(wanted))
                return this with { Entries = new PackedEntries([.. Entries.Bytes[..at], .. Entries.Bytes[(at + EntryBytes)..]]) };
        }

        return this;
    }
}
