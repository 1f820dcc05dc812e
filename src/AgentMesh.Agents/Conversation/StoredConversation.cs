using AgentMesh.Primitives;

namespace AgentMesh.Agents.Conversation;

/// <summary>
/// Whether what was loaded fits together. Redis applies a transaction without rollback: pages may be ahead of the head, and
/// what is beyond it is dropped; a head ahead of its pages means that acknowledged messages are missing.
/// </summary>
public static class StoredConversation
{
    /// <summary>The open page as the head knows it, or the reason to quarantine the agent.</summary>
    /// <param name="head">The head.</param>
    /// <param name="openPage">What is stored under the open page's key; null when nothing is, or there is no page yet.</param>
    public static Result<MessagePage> Open(AgentHead head, MessagePage? openPage)
    {
        if (CheckHead(head) is { } refusal)
            return refusal;
        if (head.Page.N == 0)
            return MessagePage.Empty;
        if (openPage is null)
            return ConversationRefusals.AgentQuarantined($"page {head.Page.N} is missing");
        var page = openPage.UpTo(head.LastSeq);
        return page.Messages.Length == head.Page.Count
            ? page
            : ConversationRefusals.AgentQuarantined($"page {head.Page.N} has {page.Messages.Length} messages of {head.Page.Count}");
    }

    /// <summary>The reason to quarantine the agent that the head alone gives; null when there is none.</summary>
    public static Refusal? CheckHead(AgentHead head)
    {
        var packed = head.Recent.Bytes.Length % RecentRequests.EntryBytes == 0
            && head.Recent.Bytes.Length <= RecentRequests.MaxBytes
            && (head.Keys.Bytes.IsEmpty || head.Keys.Bytes.Length == IdempotencyCounts.AllBytes);
        var counted = head is { MessageCount: >= 0, Turn: >= 0, Page: { N: >= 0, Count: >= 0, Bytes: >= 0 } }
            && head.MessageCount <= head.LastSeq
            && head.MessageCount == 0 == (head.Page.N == 0);
        return packed && counted ? null : ConversationRefusals.AgentQuarantined("the head contradicts itself");
    }
}
