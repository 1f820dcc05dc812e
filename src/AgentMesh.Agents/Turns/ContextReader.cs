using System.Collections.Immutable;
using System.Text;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Summaries;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Turns;

/// <summary>
/// What a model reads: the summary of the older pages, if there is one, and the newest messages behind it up to the turn's own, as many as a budget
/// of bytes allows. A message that came later and waits is not among them, and the answer to an earlier turn stands behind its question although it
/// was stored after this turn's message.
/// </summary>
public static class ContextReader
{
    /// <summary>Reads the context of a turn.</summary>
    /// <param name="head">The head.</param>
    /// <param name="session">The turn's session; null for the default one.</param>
    /// <param name="summary">The session's summary; null when it has none.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="rules">The budget, in encoded bytes of summary and messages; the turn's own message is in it whatever its size.</param>
    /// <param name="loadPage">Loads a page as stored; null when it is missing.</param>
    /// <param name="cancellationToken">Passed to <paramref name="loadPage"/>.</param>
    public static async ValueTask<Result<TurnMessages>> ReadAsync(
        AgentHead head,
        SessionRecord? session,
        SessionSummary? summary,
        OpenTurn turn,
        SummaryRules rules,
        Func<int, CancellationToken, ValueTask<MessagePage?>> loadPage,
        CancellationToken cancellationToken)
    {
        var pages = new PageReader(head, session, loadPage);
        var messages = new List<StoredMessage>();
        var budget = rules.ContextBytes - Encoding.UTF8.GetByteCount(summary?.Text ?? "");
        var bytes = 0;
        var first = Math.Min(turn.Page, (summary?.UpToPage ?? 0) + 1);
        for (var n = (session?.Page ?? head.Page).N; n >= first && (bytes < budget || n >= turn.Page); n--)
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
        for (var left = budget - own.EncodedBytes(); from > 0 && (left -= messages[from - 1].EncodedBytes()) >= 0;)
            from--;
        return new TurnMessages(messages[from..].ToImmutableArray(), bytes >= rules.DueBytes);
    }
}

/// <summary>What a model reads of a session.</summary>
/// <param name="Messages">Oldest first; the last one is the turn's.</param>
/// <param name="IsLong">Enough is outside of the summary for it to be written anew.</param>
public readonly record struct TurnMessages(ImmutableArray<StoredMessage> Messages, bool IsLong);
