using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Conversation;

/// <summary>Pages of one session written by hand, with the head that fits them, and which of them were read.</summary>
internal sealed class StoredPages
{
    private StoredPages(MessagePage[] pages)
    {
        Pages = pages;
        Head = AgentHead.Unborn(FakeAgent.Start) with
        {
            LastSeq = pages[^1].Messages[^1].Seq,
            MessageCount = pages.Sum(page => page.Messages.Length),
            Page = new OpenPage(pages.Length, pages[^1].Messages.Length, pages[^1].Messages.Sum(message => message.EncodedBytes())),
        };
    }

    internal AgentHead Head { get; set; }

    internal SessionRecord? Session { get; set; }

    internal MessagePage[] Pages { get; }

    internal List<int> Loaded { get; } = [];

    /// <summary>A page for each list of seqs.</summary>
    internal static StoredPages OfSeqs(params long[][] seqs) =>
        new([.. seqs.Select(page => new MessagePage([.. page.Select(seq => Message(seq, "hi"))]))]);

    /// <summary>A page for each text, whose seq is the number of its page.</summary>
    internal static StoredPages OfTexts(params IEnumerable<string> texts) =>
        new([.. texts.Select((text, at) => new MessagePage([Message(at + 1, text)]))]);

    internal async Task<Result<HistorySlice>> ReadAsync(int limit, long? before = null, string? text = null, string session = "default")
    {
        Loaded.Clear();
        return await MessageHistory.ReadAsync(Head, Session, new HistoryQuery(session, limit, before, text), LoadAsync, TestContext.Current.CancellationToken);
    }

    internal async Task<Result<HistorySlice>> ReadPageAsync(int n, string session = "default")
    {
        Loaded.Clear();
        return await MessageHistory.ReadPageAsync(Head, Session, session, n, LoadAsync, TestContext.Current.CancellationToken);
    }

    private static StoredMessage Message(long seq, string text) => new(seq, MessageRole.User, text, FakeAgent.Start, seq, seq);

    private ValueTask<MessagePage?> LoadAsync(int n, CancellationToken cancellationToken)
    {
        Loaded.Add(n);
        return ValueTask.FromResult(Pages.ElementAtOrDefault(n - 1));
    }
}
