using AgentMesh.Agents.Sessions;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Conversation;

/// <summary>Reading the conversation backwards, a page of the caller's size at a time.</summary>
public static class MessageHistory
{
    /// <summary>
    /// Reads a page. Loads the pages it shows, or in a search looks through, and, with <c>before</c>, a logarithm of all pages to find the first.
    /// </summary>
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
        if (query.Text is { Length: 0 or > ConversationLimits.SearchCharacters })
            return ConversationRefusals.InvalidSearch;
        if (head is null || (session?.Page ?? head.Page).N == 0 || query.Before <= 1)
            return HistorySlice.Empty;

        var pages = new PageReader(head, session, loadPage);
        var before = query.Before ?? long.MaxValue;
        var newest = await pages.FindAsync(before, cancellationToken);
        var messages = new List<StoredMessage>();
        var bytes = 0;
        var reached = before;
        var lastPage = query.Text is null ? 1 : Math.Max(1, newest - ConversationLimits.SearchPages + 1);
        for (var n = newest; n >= lastPage && pages.Missing is null; n--)
        {
            var page = await pages.LoadAsync(n, cancellationToken);
            reached = page.Messages.IsEmpty ? reached : page.Messages[0].Seq;
            for (var at = page.Messages.Length - 1; at >= 0; at--)
            {
                var message = page.Messages[at];
                if (message.Seq >= before || query.Text is { } text && !message.Content.Contains(text, StringComparison.OrdinalIgnoreCase))
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

        return pages.Missing is { } missing ? missing : ToSlice(messages, lastPage > 1 ? reached : null);
    }

    /// <summary>Reads one page as it is stored, by its number.</summary>
    /// <param name="head">The agent's head.</param>
    /// <param name="session">The session; null for the default one, or when there is none of that id.</param>
    /// <param name="sessionId">Its id.</param>
    /// <param name="n">The page, from 1.</param>
    /// <param name="loadPage">Loads a page as stored; null when it is missing.</param>
    /// <param name="cancellationToken">Passed to <paramref name="loadPage"/>.</param>
    /// <returns>Oldest first, empty beyond the last page; with a <c>nextBefore</c> when a page follows.</returns>
    public static async ValueTask<Result<HistorySlice>> ReadPageAsync(
        AgentHead head,
        SessionRecord? session,
        string sessionId,
        int n,
        Func<int, CancellationToken, ValueTask<MessagePage?>> loadPage,
        CancellationToken cancellationToken)
    {
        if (StoredConversation.CheckHead(head) is { } damaged)
            return damaged;
        if (sessionId != SessionNames.Default && session is null or { IsDeleted: true })
            return ConversationRefusals.SessionNotFound;
        var last = (session?.Page ?? head.Page).N;
        if (n < 1 || n > last)
            return HistorySlice.Empty;
        var pages = new PageReader(head, session, loadPage);
        var page = await pages.LoadAsync(n, cancellationToken);
        return pages.Missing is { } missing ? missing : new HistorySlice(page.Messages, n < last ? page.Messages[^1].Seq + 1 : null);
    }

    private static HistorySlice ToSlice(List<StoredMessage> newestFirst, long? nextBefore)
    {
        newestFirst.Reverse();
        return new HistorySlice([.. newestFirst], nextBefore);
    }
}
