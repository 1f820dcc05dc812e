using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Conversation;

/// <summary>
/// Whether what was loaded fits together. Redis applies a transaction without rollback: pages may be ahead of the head, and
/// what is beyond it is dropped; a head ahead of its pages means that acknowledged messages are missing.
/// </summary>
public static class StoredConversation
{
    /// <summary>A session's open page as its record knows it, or the reason to quarantine the agent.</summary>
    /// <param name="head">The head.</param>
    /// <param name="session">The session; null for the default one, which the head knows.</param>
    /// <param name="openPage">What is stored under the open page's key; null when nothing is, or there is no page yet.</param>
    public static Result<MessagePage> Open(AgentHead head, SessionRecord? session, MessagePage? openPage)
    {
        if ((CheckHead(head) ?? CheckSession(head, session)) is { } refusal)
            return refusal;
        var (n, count, _) = session?.Page ?? head.Page;
        if (n == 0)
            return MessagePage.Empty;
        if (openPage is null)
            return ConversationRefusals.AgentQuarantined($"page {n} is missing");
        var page = openPage.UpTo(head.LastSeq);
        return page.Messages.Length == count
            ? page
            : ConversationRefusals.AgentQuarantined($"page {n} has {page.Messages.Length} messages of {count}");
    }

    /// <summary>The reason to do nothing that the head alone gives; null when there is none.</summary>
    public static Refusal? CheckHead(AgentHead head)
    {
        if (head.IsErasing)
            return ConversationRefusals.AgentErasing;
        if (head.Restoring is not null)
            return ConversationRefusals.AgentRestoring;
        var packed = head.Recent.Bytes.Length % RecentRequests.EntryBytes == 0
            && head.Recent.Bytes.Length <= RecentRequests.MaxBytes
            && (head.Keys.Bytes.IsEmpty || head.Keys.Bytes.Length == IdempotencyCounts.AllBytes)
            && RateWindow.IsWhole(head.Accepted);
        var counted = head is { MessageCount: >= 0, Turn: >= 0, Page: { N: >= 0, Count: >= 0, Bytes: >= 0 } }
            && head.MessageCount <= head.LastSeq
            && head.MessageCount >= head.Page.Count
            && head.EventsFrom >= 1 && head.EventsFrom <= head.LastSeq + 1
            && head.OpenTurns is >= 0 and <= TurnLimits.Open
            && head is { MailOut: >= 0, MailIn: >= 0 }
            && head.PausedTurns >= 0 && head.PausedTurns <= head.OpenTurns;
        return packed && counted ? null : ConversationRefusals.AgentQuarantined("the head contradicts itself");
    }

    private static Refusal? CheckSession(AgentHead head, SessionRecord? session) =>
        session is null || session.LastSeq <= head.LastSeq && session.MessageCount >= session.Page.Count
            ? null
            : ConversationRefusals.AgentQuarantined("a session is ahead of the head");
}
