using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Summaries;

/// <summary>
/// Writing summaries: closed pages, the oldest first, until only the newest messages are outside. What is next is read from the pages alone, so
/// nothing has to be remembered, and a writing that is lost is done again.
/// </summary>
public static class SummaryWriting
{
    /// <summary>The next pages to be taken in.</summary>
    /// <param name="inputs">The session as stored.</param>
    /// <param name="rules">How much stays outside.</param>
    /// <param name="loadPage">Loads a page as stored; null when it is missing.</param>
    /// <param name="cancellationToken">Passed to <paramref name="loadPage"/>.</param>
    /// <returns>A part; without messages when nothing is to be done.</returns>
    public static async ValueTask<Result<SummaryPart>> NextAsync(
        SummaryInputs inputs, SummaryRules rules, Func<int, CancellationToken, ValueTask<MessagePage?>> loadPage, CancellationToken cancellationToken)
    {
        if (inputs.Check() is { } refusal)
            return refusal;
        var pages = new PageReader(inputs.Head, inputs.Session, loadPage);
        var from = inputs.Current?.UpToPage ?? 0;
        // The open page is not closed yet. An open turn's message is read as it was said, however long the turn takes.
        var last = Math.Min(inputs.Open.N, inputs.FirstOpenTurnPage ?? int.MaxValue);
        for (var kept = 0; last > from && kept < rules.KeptBytes; last--)
            kept += (await pages.LoadAsync(last, cancellationToken)).Messages.Sum(message => message.EncodedBytes());
        var messages = new List<StoredMessage>();
        var through = from;
        for (var bytes = 0; through < last && bytes < rules.PartBytes;)
        {
            var page = await pages.LoadAsync(++through, cancellationToken);
            messages.AddRange(page.Messages);
            bytes += page.Messages.Sum(message => message.EncodedBytes());
        }

        if (pages.Missing is { } missing)
            return missing;
        // The answer to an earlier turn stands behind its question although it was stored after the next one.
        messages.Sort((one, other) => (one.Turn, one.Seq).CompareTo((other.Turn, other.Seq)));
        return new SummaryPart(from, through, messages.Count == 0 ? 0 : messages.Max(message => message.Seq), inputs.Current?.Text, [.. messages]);
    }

    /// <summary>Takes a summary that a model has written.</summary>
    /// <param name="inputs">The session as stored.</param>
    /// <param name="written">What was written.</param>
    /// <param name="rules">How long it may be.</param>
    /// <param name="now">The time.</param>
    /// <returns>What to store.</returns>
    public static Result<SessionSummary> Store(SummaryInputs inputs, WrittenSummary written, SummaryRules rules, DateTimeOffset now)
    {
        if (inputs.Check() is { } refusal)
            return refusal;
        // An agent that was erased meanwhile is another one, though its pages have the same numbers: what it was told must not come back.
        if (inputs.Head.CreatedAt != written.AgentCreatedAt
            || (inputs.Current?.UpToPage ?? 0) != written.FromPage
            || written.ThroughPage <= written.FromPage
            || written.ThroughPage >= inputs.Open.N
            || string.IsNullOrWhiteSpace(written.Text))
        {
            return SummaryRefusals.SummaryStale;
        }

        return new SessionSummary(Utf8Text.Cut(written.Text.Trim(), rules.TextBytes), written.ThroughPage, written.ThroughSeq, now.WholeMilliseconds());
    }
}

/// <summary>A session as stored.</summary>
/// <param name="Head">The agent's head.</param>
/// <param name="Id">The session's id.</param>
/// <param name="Session">Its record; null for the default session.</param>
/// <param name="Turns">The agent's open turns.</param>
/// <param name="Stored">Its summary as stored.</param>
public sealed record SummaryInputs(AgentHead Head, string Id, SessionRecord? Session, TurnTable? Turns, SessionSummary? Stored)
{
    /// <summary>The session's open page.</summary>
    public OpenPage Open => Session?.Page ?? (Id == SessionNames.Default ? Head.Page : default);

    /// <summary>Its summary.</summary>
    public SessionSummary? Current => SessionSummary.Of(Stored, Open);

    internal int? FirstOpenTurnPage => Turns?.Open.Where(turn => turn.Session == Id).Min(turn => (int?)turn.Page);

    /// <summary>Why there is no summary to be read or written; null: nothing is in the way.</summary>
    public Refusal? Check() => StoredConversation.CheckHead(Head)
        ?? (Id != SessionNames.Default && Session is null or { IsDeleted: true } ? ConversationRefusals.SessionNotFound : null);
}

/// <summary>Pages that a summary takes in next.</summary>
/// <param name="FromPage">The last page that is in it now; 0: there is none.</param>
/// <param name="ThroughPage">The last page that will be.</param>
/// <param name="ThroughSeq">The seq of the last message that will be.</param>
/// <param name="Text">The summary now; null: there is none.</param>
/// <param name="Messages">The messages between, questions before their answers; none: nothing is to be done.</param>
public sealed record SummaryPart(int FromPage, int ThroughPage, long ThroughSeq, string? Text, ImmutableArray<StoredMessage> Messages);

/// <summary>A summary as a model has written it.</summary>
/// <param name="AgentCreatedAt">When the agent was made from whose pages it was.</param>
/// <param name="FromPage">Of the part.</param>
/// <param name="ThroughPage">Of the part.</param>
/// <param name="ThroughSeq">Of the part.</param>
/// <param name="Text">The text.</param>
public sealed record WrittenSummary(DateTimeOffset AgentCreatedAt, int FromPage, int ThroughPage, long ThroughSeq, string Text);
