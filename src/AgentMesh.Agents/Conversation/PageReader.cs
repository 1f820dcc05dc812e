using AgentMesh.Agents.Sessions;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Conversation;

/// <summary>Reads pages of one query, each at most once, and finds the page a seq is in.</summary>
internal sealed class PageReader(AgentHead head, SessionRecord? session, Func<int, CancellationToken, ValueTask<MessagePage?>> loadPage)
{
    private readonly int _openN = (session?.Page ?? head.Page).N;
    private readonly long _lastSeq = session?.LastSeq ?? head.LastSeq;
    private (int N, MessagePage Page)? _found;

    /// <summary>Set when a page that the head knows of is not there, or not whole.</summary>
    internal Refusal? Missing { get; private set; }

    /// <summary>The page without what lies beyond the head; empty when <see cref="Missing"/>.</summary>
    internal async ValueTask<MessagePage> LoadAsync(int n, CancellationToken cancellationToken)
    {
        if (_found is { } found && found.N == n)
            return found.Page;
        var stored = await loadPage(n, cancellationToken);
        MessagePage page;
        if (n == _openN)
        {
            var opened = StoredConversation.Open(head, session, stored);
            Missing ??= opened.Refusal;
            page = opened.Value ?? MessagePage.Empty;
        }
        else
        {
            page = stored?.UpTo(head.LastSeq) ?? MessagePage.Empty;
            if (page.Messages.IsEmpty)
                Missing ??= ConversationRefusals.AgentQuarantined($"page {n} is missing");
        }

        return page;
    }

    /// <summary>
    /// The last page that has a message with a seq below <paramref name="before"/>. Interpolates, because pages of one
    /// conversation are alike, and halves in turn, so that the reads stay a logarithm when they are not.
    /// </summary>
    internal async ValueTask<int> FindAsync(long before, CancellationToken cancellationToken)
    {
        if (before > _lastSeq)
            return _openN;

        // The first seq of page `low` is below `before`, that of page `high` is not; neither bound itself is read.
        var (low, high) = (1, _openN + 1);
        var (lowSeq, highSeq) = (1L, _lastSeq + 1);
        for (var interpolate = true; high - low > 1 && Missing is null; interpolate = !interpolate)
        {
            var share = (double)(before - 1 - lowSeq) / (highSeq - lowSeq);
            var guess = interpolate ? low + (int)(share * (high - low)) : low + (high - low) / 2;
            var n = Math.Clamp(guess, low + 1, high - 1);
            var page = await LoadAsync(n, cancellationToken);
            if (page.Messages.IsEmpty)
                break;
            var (first, last) = (page.Messages[0].Seq, page.Messages[^1].Seq);
            if (first >= before)
            {
                (high, highSeq) = (n, first);
                continue;
            }

            (low, lowSeq) = (n, first);
            _found = (n, page);
            if (before <= last + 1)
                break;
        }

        return low;
    }
}
