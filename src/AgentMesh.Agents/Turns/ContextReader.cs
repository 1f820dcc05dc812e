using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Turns;

/// <summary>
/// What a model reads: the newest messages of the session up to the turn's own, as many as a budget of bytes allows. A message that came later and
/// waits is not among them, and the answer to an earlier turn stands behind its question although it was stored after this turn's message.
/// </summary>
public static class ContextReader
{
    /// <summary>Reads the context of a turn.</summary>
    /// <param name="head">The head.</param>
    /// <param name="session">The turn's session; null for the default one.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="budgetBytes">Encoded bytes of all messages; the turn's own is in it whatever its size.</param>
    /// <param name="loadPage">Loads a page as stored; null when it is missing.</param>
    /// <param name="cancellationToken">Passed to <paramref name="loadPage"/>.</param>
    /// <returns>Oldest first; the last one is the turn's.</returns>
    public static async ValueTask<Result<ImmutableArray<StoredMessage>>> ReadAsync(
        AgentHead head,
        SessionRecord? session,
        OpenTurn turn,
        int budgetBytes,
        Func<int, CancellationToken, ValueTask<MessagePage?>> loadPage,
        CancellationToken cancellationToken)
    {
        var pages = new PageReader(head, session, loadPage);
        var messages = new List<StoredMessage>();
        var bytes = 0;
        for (var n = (session?.Page ?? head.Page).N; n >= 1 && (bytes < budgetBytes || n >= turn.Page); n--)
        {
            var page = await pages.LoadAsync(n, cancellationToken);
            if (pages.Missing is { } missing)
                return missing;
            foreach (var message in page.Messages.Where(message => message.Turn <= turn.Turn))
            {
                messages.Add(message);
                bytes += message.EncodedBytes();
            }
        }

        messages.Sort((one, other) => (one.Turn, one.Seq).CompareTo((other.Turn, other.Seq)));
        if (messages is not [.., { Role: MessageRole.User } own] || own.Turn != turn.Turn)
            return ConversationRefusals.AgentQuarantined($"the message of turn {turn.Turn} is missing");
        var from = messages.Count - 1;
        for (var left = budgetBytes - own.EncodedBytes(); from > 0 && (left -= messages[from - 1].EncodedBytes()) >= 0;)
            from--;
        return messages[from..].ToImmutableArray();
    }
}
