using AgentMesh.Agents.Sessions;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Conversation;

/// <summary>Reading the conversation backwards, a page of the caller's size at a time.</summary>
public static class MessageHistory
{
    /// <summary>Reads a page. Loads the pages it shows and, with <c>before</c>, a logarithm of all pages to find the first.</summary>
    /// <param name="head">The agent's head; null for an agent never written to.</param>
    /// <param name="session">The query's session; null for the default one, or when there is none of that id.</param>
    /// <param name="query">What to read.</param>
    /// <param name="loadPage">Loads a page as stored; null when it is missing.</param>
    /// <param name="cancellationToken">Passed to <paramref name="loadPage"/>.</param>
    public static async ValueTask<Result<HistorySlice>> ReadAsync(
        AgentHead? head,
        SessionRecord? session,
        HistoryQuery query,
        Func<int, CancellationToken, ValueTask<MessagePage?>> loadPage,
        CancellationToken cancellationToken)
    {
        if (head is not null && StoredConversation.CheckHead(head) is { } damaged)
            return damaged;
        if (query.SessionId != SessionNames.Default && session is null or { IsDeleted: true })
            return ConversationRefusals.SessionNotFound;
        if (query.Limit is < 1 or > ConversationLimits.HistoryMessages)
            return ConversationRefusals.InvalidLimit;
        if (head is null || (session?.Page ?? head.Page).N == 0 || query.Before <= 1)
            return HistorySlice.Empty;

        var pages = new PageReader(head, session, loadPage);
        var before = query.Before ?? long.MaxValue;
        var newest = await pages.FindAsync(before, cancellationToken);
        var messages = new List<StoredMessage>();
        var bytes = 0;
        for (var n = newest; n >= 1 && pages.Missing is null; n--)
        {
            var page = await pages.LoadAsync(n, cancellationToken);
            for (var at = page.Messages.Length - 1; at >= 0; at--)
            {
                var message = page.Messages[at];
                if (message.Seq >= before)
                    continue;
                bytes += message.EncodedBytes();
                // The slice ends before a message that is too many or too much, but is never empty.
                if (messages.Count == query.Limit || messages.Count > 0 && bytes > ConversationLimits.HistoryBytes)
                    return ToSlice(messages, messages[^1].Seq);
                messages.Add(message);
            }

            // Decided here and not by the next message: a full slice must not load the page it does not show.
            if (messages.Count == query.Limit && n > 1 && pages.Missing is null)
                return ToSlice(messages, messages[^1].Seq);
        }

        return pages.Missing is { } missing ? missing : ToSlice(messages, null);
    }

    private static HistorySlice ToSlice(List<StoredMessage> newestFirst, long? nextBefore)
    {
        newestFirst.Reverse();
        return new HistorySlice([.. newestFirst], nextBefore);
    }
}
