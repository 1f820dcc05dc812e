using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>Summaries of long sessions: a model reads one in place of the older messages, which stay as they are.</summary>
public interface IAgentSummaries : IActor
{
    /// <summary>Reads a session's summary; refused with <c>summary_not_found</c> when it has none.</summary>
    Task<Reply<Summary>> GetSummary(GetSummary request, CancellationToken cancellationToken);

    /// <summary>What is to be taken in next. Without messages: nothing.</summary>
    Task<Reply<SummaryWork>> GetSummaryWork(GetSummary request, CancellationToken cancellationToken);

    /// <summary>A model has written it; refused with <c>summary_stale</c> when the session has another by now, or is another.</summary>
    Task<Reply<Summary>> StoreSummary(StoreSummary request, CancellationToken cancellationToken);
}

/// <summary>Asks for a session's summary.</summary>
/// <param name="SessionId">The session.</param>
public sealed record GetSummary(string SessionId);

/// <summary>A summary.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Text">What a model has written.</param>
/// <param name="ThroughSeq">The seq of the last message that is in it.</param>
/// <param name="UpdatedAt">When it was written.</param>
public sealed record Summary(string SessionId, string Text, long ThroughSeq, DateTimeOffset UpdatedAt);

/// <summary>Messages that a summary takes in next.</summary>
/// <param name="AgentCreatedAt">When the agent was made.</param>
/// <param name="FromPage">The last page that is in the summary now; 0: there is none.</param>
/// <param name="ThroughPage">The last page that will be.</param>
/// <param name="ThroughSeq">The seq of the last message that will be.</param>
/// <param name="Text">The summary now; null: there is none.</param>
/// <param name="MaxBytes">Longest text that is kept, bytes of UTF-8.</param>
/// <param name="Messages">Oldest first.</param>
public sealed record SummaryWork(
    DateTimeOffset AgentCreatedAt, int FromPage, int ThroughPage, long ThroughSeq, string? Text, int MaxBytes, IReadOnlyList<ContextMessage> Messages);

/// <summary>A summary that a model has written.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="AgentCreatedAt">Of the work.</param>
/// <param name="FromPage">Of the work.</param>
/// <param name="ThroughPage">Of the work.</param>
/// <param name="ThroughSeq">Of the work.</param>
/// <param name="Text">The text.</param>
public sealed record StoreSummary(string SessionId, DateTimeOffset AgentCreatedAt, int FromPage, int ThroughPage, long ThroughSeq, string Text);
