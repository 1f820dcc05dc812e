using System.Text.Json.Serialization;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Sessions;

/// <summary>A session beside the default one: its times, its owner's notes, and where its messages stand. State key <c>session:{id}</c>.</summary>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastActive">Its last message or touch.</param>
/// <param name="Metadata">A JSON object as text, so that nothing on its way to the store reads its numbers.</param>
/// <param name="Page">Its open page.</param>
/// <param name="MessageCount">Its user and assistant messages. A JSON integer below 2^53.</param>
/// <param name="LastSeq">The seq of its last message; 0 before the first. A JSON integer below 2^48.</param>
/// <param name="IsDeleted">It is being removed: gone for everybody, its pages are not all gone yet.</param>
/// <param name="TtlSeconds">How long it lives unused, see <see cref="SessionExpiry"/>; null: for ever.</param>
public sealed record SessionRecord(
    DateTimeOffset CreatedAt, DateTimeOffset LastActive, string Metadata, OpenPage Page, long MessageCount, long LastSeq, bool IsDeleted, int? TtlSeconds)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.SessionRecord;

    /// <summary>What its messages take; encoded bytes, of those since version 3. A JSON integer below 2^53.</summary>
    [JsonRequired]
    public long StoredBytes { get; init; }
}
