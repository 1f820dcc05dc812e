using AgentMesh.Agents.Summaries;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// Summaries of long sessions. That one is due is soft state: a turn whose model has read much sees it, and the flush writes it. Lost with a
/// process, it is seen by the next turn.
/// </summary>
internal sealed partial class AgentActor
{
    private readonly HashSet<string> _summariesDue = [];

    public Task<Reply<Summary>> GetSummary(GetSummary request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await LoadSummaryInputsAsync(request.SessionId, cancellationToken) is not { } inputs)
            return Refused<Summary>(SummaryRefusals.SummaryNotFound);
        if (inputs.Check() is { } refusal)
            return Refused<Summary>(refusal);
        return inputs.Current is { } summary ? ToReply(inputs.Id, summary) : Refused<Summary>(SummaryRefusals.SummaryNotFound);
    });

    public Task<Reply<SummaryWork>> GetSummaryWork(GetSummary request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await LoadSummaryInputsAsync(request.SessionId, cancellationToken) is not { } inputs)
            return Refused<SummaryWork>(SummaryRefusals.SummaryNotFound);
        var part = await SummaryWriting.NextAsync(
            inputs, _services.SummaryRules, (n, token) => _records.LoadPageAsync(inputs.Head, inputs.Id, n, token), cancellationToken);
        if (part.IsRefused)
            return Refused<SummaryWork>(part.Refusal);
        var (from, through, seq, text, messages) = part.Value;
        return new Reply<SummaryWork>(
            new SummaryWork(inputs.Head.CreatedAt, from, through, seq, text, _services.SummaryRules.TextBytes, [.. messages.Select(ToContext)]), null);
    });

    public Task<Reply<Summary>> StoreSummary(StoreSummary request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await LoadSummaryInputsAsync(request.SessionId, cancellationToken) is not { } inputs)
            return Refused<Summary>(SummaryRefusals.SummaryStale);
        var written = new WrittenSummary(request.AgentCreatedAt, request.FromPage, request.ThroughPage, request.ThroughSeq, request.Text);
        var summary = SummaryWriting.Store(inputs, written, _services.SummaryRules, _time.GetUtcNow());
        if (summary.IsRefused)
            return Refused<Summary>(summary.Refusal);
        await _records.StoreAsync(inputs.Id, summary.Value, cancellationToken);
        return ToReply(inputs.Id, summary.Value);
    });

    private async Task<SummaryInputs?> LoadSummaryInputsAsync(string session, CancellationToken cancellationToken) =>
        await _records.LoadHeadAsync(null, cancellationToken) is not { } head
            ? null
            : new SummaryInputs(
                head,
                session,
                await _records.LoadSessionAsync(session, cancellationToken),
                await _records.LoadTurnsAsync(head, cancellationToken),
                await _records.LoadSummaryAsync(session, cancellationToken));

    /// <summary>With the next flush; at once where soft state is not flushed.</summary>
    private async Task SummarizeSoonAsync(string session)
    {
        if (_services.Flush.IntervalSeconds == 0)
        {
            _services.Summarizer.Start(Id.GetId(), session);
            return;
        }

        _summariesDue.Add(session);
        await FlushSoonAsync();
    }

    private void StartSummaries()
    {
        foreach (var session in _summariesDue)
            _services.Summarizer.Start(Id.GetId(), session);
        _summariesDue.Clear();
    }

    private static Reply<Summary> ToReply(string session, SessionSummary summary) => new(new Summary(session, summary.Text, summary.UpToSeq, summary.At), null);
}
