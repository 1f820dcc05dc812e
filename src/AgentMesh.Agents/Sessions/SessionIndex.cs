using System.Text.Json.Serialization;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Sessions;

/// <summary>
/// The ids of an agent's sessions beside the default one, in the order they were made. State key <c>sessions</c>; written when a
/// session is made or removed, never by a message.
/// </summary>
/// <param name="Ids">16 bytes each.</param>
public sealed record SessionIndex(PackedEntries Ids)
{
    /// <summary>No session.</summary>
    public static SessionIndex Empty { get; } = new(PackedEntries.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.SessionIndex;

    /// <summary>How many there are.</summary>
    [JsonIgnore]
    public int Count => Ids.Bytes.Length / SessionId.Bytes;

    /// <summary>The id at a place.</summary>
    public string this[int at] => SessionId.Encode(Ids.Bytes.Slice(at * SessionId.Bytes, SessionId.Bytes));

    /// <summary>The place of an id; -1 when it is not there.</summary>
    public int IndexOf(string id)
    {
        ReadOnlySpan<byte> wanted = SessionId.Decode(id);
        for (var at = 0; at < Count; at++)
        {
            if (Ids.Bytes.Slice(at * SessionId.Bytes, SessionId.Bytes).SequenceEqual(wanted))
                return at;
        }

        return -1;
    }

    internal SessionIndex With(string id) => this with { Ids = new PackedEntries([.. Ids.Bytes, .. SessionId.Decode(id)]) };

    internal SessionIndex Without(string id) => IndexOf(id) is >= 0 and var at
        ? this with { Ids = new PackedEntries([.. Ids.Bytes[..(at * SessionId.Bytes)], .. Ids.Bytes[((at + 1) * SessionId.Bytes)..]]) }
        : this;
}
