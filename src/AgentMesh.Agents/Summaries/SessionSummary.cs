using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Summaries;

/// <summary>
/// What a model has made of the older pages of a session, for models to read in their place; the pages stay as they are. State key
/// <c>summary:{session}</c>; not there while the session is short.
/// </summary>
/// <param name="Text">The summary.</param>
/// <param name="UpToPage">The last page that is in it. A JSON integer below 2^31.</param>
/// <param name="UpToSeq">The seq of the last message in it. A JSON integer below 2^48.</param>
/// <param name="At">When it was written.</param>
public sealed record SessionSummary(string Text, int UpToPage, long UpToSeq, DateTimeOffset At)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.SessionSummary;

    /// <summary>What is stored, unless it is of more pages than the session has closed, which no summary of this session is.</summary>
    /// <param name="stored">What is stored; null when nothing is.</param>
    /// <param name="open">The session's open page.</param>
    public static SessionSummary? Of(SessionSummary? stored, OpenPage open) => stored?.UpToPage < open.N ? stored : null;
}
