using System.Text.Json.Serialization;
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

    /// <summary>A model is about to be called for it: money is set aside, as for turns. Without budget none is, and the summary is not written.</summary>
    Task<Reply<CallHold>> HoldSummary(HoldSummary request, CancellationToken cancellationToken);

    /// <summary>A writing is over, with or without a summary: what its last try has cost is settled.</summary>
    Task<Reply<SettleSummary>> SettleSummary(SettleSummary request, CancellationToken cancellationToken);
}

/// <summary>A try of a call of the model that is about to be made for a summary. Amounts are USD micro-units, as text.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Writing">Names this writing.</param>
/// <param name="Call">Which try of it, from 1; a repeat of it finds the hold it got.</param>
/// <param name="WantedMicroUsd">What it may cost at most.</param>
/// <param name="LeastMicroUsd">The least that it is worth making for.</param>
/// <param name="LastMicroUsd">What the try before it has cost; null: not known, or there was none.</param>
/// <param name="Stop">Why the tenant has no money for it, so that no hold is taken; null: it has.</param>
public sealed record HoldSummary(
    string SessionId,
    string Writing,
    int Call,
    [property: JsonNumberHandling(MoneyJson.AsText)] long WantedMicroUsd,
    [property: JsonNumberHandling(MoneyJson.AsText)] long LeastMicroUsd,
    [property: JsonNumberHandling(MoneyJson.AsText)] long? LastMicroUsd,
    SpendingStop? Stop = null);

/// <summary>A writing is over.</summary>
/// <param name="Writing">Names it.</param>
/// <param name="Call">Its last try.</param>
/// <param name="LastMicroUsd">What that has cost, USD micro-units as text; null: not known, so that all that is held for it counts.</param>
public sealed record SettleSummary(string Writing, int Call, [property: JsonNumberHandling(MoneyJson.AsText)] long? LastMicroUsd);

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
