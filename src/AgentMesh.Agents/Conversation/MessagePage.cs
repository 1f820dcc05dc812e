using System.Collections.Immutable;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Conversation;

/// <summary>A run of a session's messages, the unit in which history is written and read. State key <c>page:{session}:{n}</c>.</summary>
/// <param name="Messages">By rising seq; never empty once stored.</param>
public sealed record MessagePage(ImmutableArray<StoredMessage> Messages)
{
    /// <summary>A page nothing has been written to.</summary>
    public static MessagePage Empty { get; } = new(ImmutableArray<StoredMessage>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.MessagePage;

    /// <summary>
    /// The page without what lies beyond <paramref name="lastSeq"/>: entries of a transaction whose head was never stored,
    /// which therefore nobody was told about.
    /// </summary>
    public MessagePage UpTo(long lastSeq) =>
        Messages.IsEmpty || Messages[^1].Seq <= lastSeq ? this : this with { Messages = Messages.RemoveAll(message => message.Seq > lastSeq) };

    /// <summary>The message of that number, or null.</summary>
    public StoredMessage? Find(long seq)
    {
        foreach (var message in Messages)
        {
            if (message.Seq == seq)
                return message;
        }

        return null;
    }
}
